import Encodings
import LatchkeyProtocol
import Logging
import NIOCore
import NIOHTTP1

/// Stands between the HTTP decoder and the server: bounds what a connection may cost before its caller is known.
///
/// - A connection beyond its network's share is told so and closed.
/// - Heads, bodies, the reading of answers and the connection itself have ``Deadlines``. Their clocks run only while
///   there is something to wait for, which is seldom.
/// - What arrives behind a request that is not answered yet waits, unread beyond what is here, and is taken up after
///   the event loop has served its other connections: a thousand requests in one packet hold nobody up.
/// - Header fields beyond the limit (431, RFC 6585 §5), bytes that are not HTTP (400) and any number of hosts but one
///   (400) are refused in words.
/// - `Expect: 100-continue` is answered once the body is wanted (RFC 9110 §10.1.1).
/// - After an answer that says `Connection: close` it half-closes: what the client still sends is read and dropped for
///   a moment, since closing a socket with unread bytes resets it, and the answer is lost.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// What reading the body throws when it takes too long to arrive.
  struct BodyTooSlow: Error {}

  /// The body is about to be read: sent down the pipeline first.
  struct BodyWanted: Sendable {}

  /// The server is stopping: sent up the pipeline. Requests in progress are still answered.
  struct Drain: Sendable {}

  /// RFC 9112 §3.2: a request in HTTP/1.1 names one host, and none names two.
  private struct NotOneHost: Error {}

  private enum Reading {
    case head
    /// - Parameter expects: the client waits for a 100 before it sends the body.
    case body(begun: NIODeadline, bytes: Int, expects: Bool)
  }

  private let isWelcome: Bool
  private let isDraining: @Sendable () -> Bool
  private let deadlines: Deadlines
  private let logger: Logger
  private let intake: Intake
  private let door: IntakeHandler
  private var reading = Reading.head
  private var unanswered = 0
  private var isOld = false
  private var closesAfterAnswer = false
  /// What arrived behind a request that is not answered yet.
  private var waiting: CircularBuffer<HTTPServerRequestPart> = [] {
    didSet { intake.hasWaiting = !waiting.isEmpty }
  }
  private var hasBegun = false

  private var nextTimer: Scheduled<Void>?
  private var readTimer: Scheduled<Void>?
  private var answerTimer: Scheduled<Void>?
  private var ageTimer: Scheduled<Void>?
  private var idleTimer: Scheduled<Void>?

  /// - Parameters:
  ///   - door: the first handler of the same connection.
  ///   - isWelcome: whether its network had room in its share.
  ///   - isDraining: whether the server is stopping.
  init(
    behind door: IntakeHandler, isWelcome: Bool, isDraining: @escaping @Sendable () -> Bool, _ deadlines: Deadlines,
    _ logger: Logger
  ) {
    self.door = door
    intake = door.intake
    self.isWelcome = isWelcome
    self.isDraining = isDraining
    self.deadlines = deadlines
    self.logger = logger
  }

  // MARK: The connection's life

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard !hasBegun else { return }
    hasBegun = true
    guard isWelcome else {
      answer(context, .tooManyRequests, Refusal.shareUsedUp.message, code: Refusal.shareUsedUp.code)
      return context.close(promise: nil)
    }
    wind(&readTimer, deadlines.head, context) { $0.headIsLate($1) }
    wind(&ageTimer, deadlines.age, context) { $0.grewOld($1) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func end() {
    for timer in [nextTimer, readTimer, answerTimer, ageTimer, idleTimer] { timer?.cancel() }
    (nextTimer, readTimer, answerTimer, ageTimer, idleTimer) = (nil, nil, nil, nil, nil)
    waiting = []
  }

  private func grewOld(_ context: ChannelHandlerContext) {
    isOld = true
    wind(&ageTimer, deadlines.lastAnswer, context) { $1.close(promise: nil) }
  }

  // MARK: What comes

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !intake.isClosed else { return }
    intake.unparsed = 0
    let part = unwrapInboundIn(data)
    if case .head(let head) = part, let flaw = Self.flaw(of: head) { return errorCaught(context: context, error: flaw) }
    // A client that does not read its answers gets no further ones.
    if case .head = part, unanswered > 0 || !context.channel.isWritable { return waiting.append(part) }
    guard waiting.isEmpty else { return waiting.append(part) }
    take(part, context)
  }

  /// Why a head is refused; nil if it is not.
  private static func flaw(of head: HTTPRequestHead) -> (any Error)? {
    var size = 0
    for (name, value) in head.headers {
      guard name.utf8.count + value.utf8.count <= Limits.headerField else { return HTTPParserError.headerOverflow }
      size += name.utf8.count + value.utf8.count
    }
    guard size <= Limits.headers, head.headers.count <= Limits.headerCount else {
      return HTTPParserError.headerOverflow
    }
    let hosts = head.headers["Host"].count
    return hosts == 1 || (hosts == 0 && head.version == .http1_0) ? nil : NotOneHost()
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      unanswered += 1
      stop(&readTimer)
      stop(&idleTimer)
      intake.endsConnection = !head.isKeepAlive
      let expectation = HeaderFields(head.headers)[.expect]?.prefix(bytes: Limits.headerWords)
      let expects = expectation?.lowercased() == "100-continue"
      reading = .body(begun: .now(), bytes: 0, expects: expects)
    case .body(let buffer):
      if case .body(let begun, let bytes, _) = reading {
        reading = .body(begun: begun, bytes: bytes + buffer.readableBytes, expects: false)
      }
    case .end:
      reading = .head
      intake.isBusy = unanswered > 0
      stop(&readTimer)
    }
    context.fireChannelRead(wrapInboundOut(part))
  }

  /// Takes up what waits, up to the end of one request.
  private func takeNext(_ context: ChannelHandlerContext) {
    nextTimer = nil
    guard unanswered == 0, !intake.isClosed, context.channel.isActive, context.channel.isWritable else { return }
    let hadWaiting = !waiting.isEmpty
    while let part = waiting.popFirst() {
      take(part, context)
      if case .end = part { break }
    }
    if hadWaiting { channelReadComplete(context: context) }
    if waiting.isEmpty { door.goOn() }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if readTimer == nil, !intake.isClosed {
      switch reading {
      case .body: wind(&readTimer, deadlines.body, context) { $0.bodyIsLate($1) }
      case .head where intake.unparsed > 0: wind(&readTimer, deadlines.head, context) { $0.headIsLate($1) }
      case .head: break
      }
    }
    context.fireChannelReadComplete()
  }

  private func headIsLate(_ context: ChannelHandlerContext) {
    readTimer = nil
    guard !intake.isClosed else { return }
    // Behind a request that is still being answered there is no place for an answer.
    guard intake.unparsed > 0, unanswered == 0 else { return context.close(promise: nil) }
    refuse(context, .requestTimeout, "The request did not arrive in time.", code: "timed_out")
    linger(context)
  }

  private func bodyIsLate(_ context: ChannelHandlerContext) {
    readTimer = nil
    guard case .body(let begun, let bytes, _) = reading else { return }
    let allowed = TimeAmount(deadlines.body + .seconds(1) * bytes / deadlines.bodyRate)
    let left = begun + allowed - .now()
    guard left > .zero else { return context.fireErrorCaught(BodyTooSlow()) }
    wind(&readTimer, .nanoseconds(left.nanoseconds), context) { $0.bodyIsLate($1) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // In the middle of an answer there is no place for another: that one is the last.
    guard unanswered == 0, !intake.isClosed else {
      intake.endsConnection = true
      return context.fireErrorCaught(error)
    }
    switch error {
    case is IntakeHandler.Overflow, HTTPParserError.headerOverflow:
      refuse(context, .requestHeaderFieldsTooLarge, "The header fields are longer than is read here.")
    case is HTTPParserError:
      refuse(context, .badRequest, "This is not a request in HTTP/1.1.")
    case is NotOneHost:
      refuse(context, .badRequest, "A request names one Host.")
    default: return context.fireErrorCaught(error)
    }
    linger(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is Drain:
      isOld = true
      if unanswered == 0 { context.close(promise: nil) }
    case ChannelEvent.inputClosed:
      // The client has sent everything; it may still be waiting for answers.
      intake.endsConnection = true
      if unanswered == 0 || intake.isClosed { context.close(promise: nil) }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: What goes

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
    if case .body(let begun, let bytes, true) = reading, unanswered == 1 {
      reading = .body(begun: begun, bytes: bytes, expects: false)
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    promise?.succeed()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      // What was not asked for any more need not come: the client may take the answer for its end.
      if case .body(_, _, true) = reading { intake.endsConnection = true }
      if isOld || isDraining() || (intake.endsConnection && waiting.isEmpty) {
        head.headers.replaceOrAdd(name: "Connection", value: "close")
      }
      closesAfterAnswer = head.headers.first(name: "Connection") == "close"
      return context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body: break
    case .end:
      unanswered -= 1
      intake.isBusy = false
      if closesAfterAnswer {
        context.writeAndFlush(data, promise: promise)
        return linger(context)
      }
    }
    context.write(data, promise: promise)
    guard unanswered == 0 else { return }
    wind(&idleTimer, Limits.idle, context) { $1.close(promise: nil) }
    takeNextSoon(context)
  }

  private func takeNextSoon(_ context: ChannelHandlerContext) {
    guard !waiting.isEmpty || door.keepsBack else { return }
    wind(&nextTimer, Limits.pipelinePause, context) { $0.takeNext($1) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      stop(&answerTimer)
      if unanswered == 0 { takeNextSoon(context) }
    } else if answerTimer == nil {
      wind(&answerTimer, deadlines.reading, context) { $1.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  private func refuse(
    _ context: ChannelHandlerContext, _ status: Status, _ sentence: String,
    code: String = "invalid_request"
  ) {
    let id = answer(context, status, sentence, code: code)
    logger.info(
      "request",
      metadata: [
        "route": "-", "status": "\(status.code)", "request": "\(id)",
        "client": "\(context.remoteAddress?.ipAddress ?? "")",
      ])
  }

  /// - Returns: the id that the answer carries.
  @discardableResult
  private func answer(
    _ context: ChannelHandlerContext, _ status: Status, _ sentence: String, code: String
  ) -> String {
    let id = "\(RequestID())"
    let body =
      ([
        "error": .string(sentence), "code": .string(code), "request_id": .string(id),
      ] as JSONValue).json(escaping: .markup)
    let headers: HeaderFields = [
      .contentType: "application/json", .contentLength: "\(body.count)", .connection: "close",
      .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .requestID: id, .date: HTTPDate.now,
    ]
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status.code), headers: headers.fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    return id
  }

  private func linger(_ context: ChannelHandlerContext) {
    guard !intake.isClosed else { return }
    intake.isClosed = true
    stop(&readTimer)
    let channel = context.channel
    // Writes keep their order: what was written before leaves before the output closes.
    channel.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: TimeAmount(Limits.linger)) { channel.close(promise: nil) }
  }

  // MARK: Clocks

  private func wind(
    _ timer: inout Scheduled<Void>?, _ time: Duration, _ context: ChannelHandlerContext,
    _ ring: @escaping @Sendable (ConnectionGuard, ChannelHandlerContext) -> Void
  ) {
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: TimeAmount(time)) { ring(bound.value.0, bound.value.1) }
  }

  private func stop(_ timer: inout Scheduled<Void>?) {
    timer?.cancel()
    timer = nil
  }
}
