import NIOCore
import NIOHTTP1

/// The last handler of a connection: hands each request to the front, its body as it arrives, and writes the answer.
///
/// A request is answered on the event loop of its connection. In the cooperative pool it would be handed from the loop
/// to a thread and its answer back again, and each time a sleeping thread may have to be woken. What the gateway
/// computes is short; long or blocking work is done in a service.
final class RequestHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// The client left before its whole body arrived, or the answer came first.
  private struct BodyAbandoned: Error {}

  private let front: Front
  private let connections: Connections
  private let executor: LoopExecutor
  /// Where the arriving body goes; nil while none is being read.
  private var body: RequestBody.Source.Source?
  private var isAnswering = false
  /// Nothing more is read until what arrived has been consumed.
  private var isFull = false
  private var wantsToRead = false

  init(_ front: Front, _ connections: Connections, loop: any EventLoop) {
    self.front = front
    self.connections = connections
    executor = LoopExecutor(loop: loop)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let piece):
      if let body, case .stopProducing = body.yield(piece) { isFull = true }
    case .end:
      body?.finish()
      body = nil
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let headers = HeaderFields(head.headers)
    let request = Request(
      method: Method(head.method.rawValue), target: head.uri, headers: headers,
      body: headers.announceBody ? expectBody(context) : .empty)
    let connection = ConnectionContext(context.channel)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    isAnswering = true
    connections.begin()
    Task(executorPreference: executor) { [front, connections] in
      let response = await front.respond(to: request, context: connection)
      connection.onLoop {
        bound.value.0.send(response, bound.value.1)
        connections.end()
      }
    }
  }

  private func expectBody(_ context: ChannelHandlerContext) -> RequestBody {
    let created = RequestBody.Source.makeSequence(
      backPressureStrategy: .init(lowWatermark: 2, highWatermark: 4), finishOnDeinit: false,
      delegate: BodyIntake(self, context))
    body = created.source
    return RequestBody(created.sequence)
  }

  private func send(_ response: Response, _ context: ChannelHandlerContext) {
    isAnswering = false
    // What is still unread is dropped as it arrives.
    abandonBody()
    goOn(context)
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status.code),
      headers: response.headers.fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !response.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard isAnswering else { return context.close(promise: nil) }
    // The reader of the body sees the error, and answers.
    abandonBody(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    abandonBody()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { abandonBody() }

  private func abandonBody(_ error: any Error = BodyAbandoned()) {
    body?.finish(error)
    body = nil
  }

  // MARK: Pace

  func read(context: ChannelHandlerContext) {
    if isFull { wantsToRead = true } else { context.read() }
  }

  /// The reader of the body has consumed what there was.
  fileprivate func goOn(_ context: ChannelHandlerContext) {
    isFull = false
    guard wantsToRead else { return }
    wantsToRead = false
    context.read()
  }
}

/// Tells a connection that what arrived of a body has been read, or never will be.
package final class BodyIntake: NIOAsyncSequenceProducerDelegate {
  private let loop: any EventLoop
  private let connection: NIOLoopBound<(RequestHandler, ChannelHandlerContext)>

  init(_ handler: RequestHandler, _ context: ChannelHandlerContext) {
    loop = context.eventLoop
    connection = NIOLoopBound((handler, context), eventLoop: loop)
  }

  package func produceMore() {
    loop.execute { [connection] in connection.value.0.goOn(connection.value.1) }
  }

  package func didTerminate() { produceMore() }
}

/// An event loop as the executor of tasks.
private final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
