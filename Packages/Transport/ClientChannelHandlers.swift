import LatchkeyProtocol
import NIOCore
import TLS

/// Why a connection failed.
package struct ConnectFailure: Error {
  let reason: String
  /// The service is there and rejects us: waiting changes nothing.
  let isRefusal: Bool

  package init(reason: String, isRefusal: Bool) {
    self.reason = reason
    self.isRefusal = isRefusal
  }
}

/// Who the client says it is, and which service it wants to reach.
struct ClientIdentity: Sendable {
  let service: String
  let peer: Peer
  let key: TransportKey
  var versions = Handshake.versions
}

/// The client's side of the clear text: makes the offer, reads the answer, and replaces itself with TLS.
final class ClientPreface: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let identity: ClientIdentity
  private let connection: ClientConnection
  private let ready: EventLoopPromise<ClientConnection>
  private var received: [UInt8] = []

  init(_ identity: ClientIdentity, _ connection: ClientConnection, ready: EventLoopPromise<ClientConnection>) {
    self.identity = identity
    self.connection = connection
    self.ready = ready
  }

  func channelActive(context: ChannelHandlerContext) {
    let offer = ByteBuffer(bytes: Handshake.offer(identity.versions))
    context.writeAndFlush(wrapOutboundOut(offer), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += unwrapInboundIn(data).readableBytesView
    switch Handshake.answer(received) {
    case .more: return
    case .answered(.chosen(let version), let length)
    where length == received.count && identity.versions.contains(version):
      startTLS(context, version)
    case .answered(.refused(let reason), _): fail(context, reason)
    case .answered, .notOurs: fail(context, "What listens there is not a Latchkey service.")
    }
  }

  private func startTLS(_ context: ChannelHandlerContext, _ version: UInt8) {
    let hello = Hello(offered: identity.versions, chosen: version, service: identity.service)
    do {
      let tls = try PreSharedKeyTLS.client(identity.peer, identity.key)
      let handlers: [any ChannelHandler] = [
        try tls.handler(), ClientHandler(hello, connection, ready: ready),
      ]
      try context.pipeline.syncOperations.addHandlers(handlers, position: .after(self))
      context.pipeline.removeHandler(self, promise: nil)
    } catch {
      fail(context, "TLS could not be started.")
    }
  }

  private func fail(_ context: ChannelHandlerContext, _ reason: String) {
    ready.fail(ConnectFailure(reason: reason, isRefusal: true))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    ready.fail(ConnectFailure(reason: "The connection was closed before it was ready.", isRefusal: false))
    connection.gone("The connection was closed.")
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ready.fail(ConnectFailure(reason: "The connection broke before it was ready.", isRefusal: false))
    context.close(promise: nil)
  }
}

/// A client's side of the frames.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let hello: Hello
  private let connection: ClientConnection
  private let ready: EventLoopPromise<ClientConnection>
  private var isReady = false
  private var ending = "The connection was closed."
  private var reader = FrameReader()

  init(_ hello: Hello, _ connection: ClientConnection, ready: EventLoopPromise<ClientConnection>) {
    self.hello = hello
    self.connection = connection
    self.ready = ready
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // It waits in TLS until the service has proven itself.
    guard let frame = try? hello.frame else { return refuse(context, "The greeting could not be written.") }
    connection.send(frame)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    reader.append(&bytes)
    if isReady { connection.heard() }
    do {
      while let frame = try reader.next() {
        if isReady {
          try connection.received(frame)
        } else {
          greet(context, frame)
        }
      }
    } catch {
      ending = "The service sent \(error)."
      context.close(promise: nil)
    }
  }

  private func greet(_ context: ChannelHandlerContext, _ frame: ReceivedFrame) {
    guard frame.kind == .hello, let theirs = try? frame.body.decode(Hello.self) else {
      return refuse(context, "The service did not greet.")
    }
    guard theirs.service == hello.service else {
      return refuse(context, "The service there is \(theirs.service), not \(hello.service).")
    }
    guard theirs == hello else { return refuse(context, "What was agreed on in clear was changed on the way.") }
    isReady = true
    connection.keepAlive()
    ready.succeed(connection)
  }

  private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
    ready.fail(ConnectFailure(reason: reason, isRefusal: true))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    ready.fail(ConnectFailure(reason: "The service closed the connection during the handshake.", isRefusal: false))
    connection.gone(ending)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isReady {
      ready.fail(Self.failure(error))
    }
    ending = "The connection broke."
    context.close(promise: nil)
  }

  private static func failure(_ error: any Error) -> ConnectFailure {
    switch error as? TLSFailure {
    case nil, .truncated:
      ConnectFailure(reason: "The service closed the connection during the handshake.", isRefusal: false)
    // Any other failure of this handshake means that the keys differ: there is nothing else to disagree on.
    default: ConnectFailure(reason: "The service does not accept this peer's key.", isRefusal: true)
    }
  }
}
