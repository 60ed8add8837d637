import LatchkeyProtocol
import Logging
import NIOCore
import TLS

/// The server's side of the clear text: reads the offer, answers it, and replaces itself with TLS.
final class ServerPreface: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: ServerConnection
  private let service: String
  private let tls: PreSharedKeyServer
  private let logger: Logger
  private var received = ByteBuffer()

  init(_ connection: ServerConnection, _ service: String, _ tls: PreSharedKeyServer, _ logger: Logger) {
    self.connection = connection
    self.service = service
    self.tls = tls
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    // A client says nothing more before it has been answered.
    let start = [UInt8](received.readableBytesView.prefix(Handshake.offerLength))
    guard Handshake.magic.starts(with: start.prefix(8)), received.readableBytes <= Handshake.offerLength else {
      return refuse(context, "This is a Latchkey service; it was not spoken to as one.")
    }
    guard start.count == Handshake.offerLength else { return }
    guard let offered = Handshake.versions(inOffer: start) else { return refuse(context, "The offer is malformed.") }
    guard let chosen = Handshake.choose(offered, Handshake.versions) else {
      let own = Handshake.versions
      return refuse(
        context,
        "\(service) speaks wire versions \(own.lowerBound) to \(own.upperBound), "
          + "not \(offered.lowerBound) to \(offered.upperBound).")
    }
    write(context, .chosen(chosen))
    startTLS(context, Hello(offered: offered, chosen: chosen, service: service))
  }

  private func startTLS(_ context: ChannelHandlerContext, _ hello: Hello) {
    do {
      let tls = try tls.handler()
      let frames = ServerHandler(connection, hello, tls, logger)
      try context.pipeline.syncOperations.addHandlers([tls, frames], position: .after(self))
      context.pipeline.removeHandler(self, promise: nil)
    } catch {
      logger.error("TLS could not be started", metadata: ["cause": "\(error)"])
      context.close(promise: nil)
    }
  }

  private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
    logger.notice("A connection was refused", metadata: ["reason": "\(reason)"])
    write(context, .refused(reason))
    context.close(promise: nil)
  }

  private func write(_ context: ChannelHandlerContext, _ answer: Handshake.Answer) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Handshake.bytes(of: answer))), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.gone()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A server's side of the frames.
final class ServerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: ServerConnection
  /// What was agreed on in clear; the client must repeat it here.
  private let hello: Hello
  /// Before it in the pipeline: it knows whose key the handshake was done with.
  private let tls: TLSHandler
  private let logger: Logger
  private var reader = FrameReader()

  init(_ connection: ServerConnection, _ hello: Hello, _ tls: TLSHandler, _ logger: Logger) {
    self.connection = connection
    self.hello = hello
    self.tls = tls
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // It waits in TLS until the client has proven itself.
    guard let frame = try? hello.frame else { return context.close(promise: nil) }
    connection.send(frame)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    reader.append(&bytes)
    do {
      while let frame = try reader.next() {
        if connection.isEstablished {
          try connection.received(frame)
        } else {
          guard try greet(frame) else { return end(context, "The greeting does not fit what was agreed on.") }
        }
      }
    } catch {
      end(context, "It was sent \(error).")
    }
  }

  private func greet(_ frame: ReceivedFrame) throws -> Bool {
    guard frame.kind == .hello, let peer = tls.identity.flatMap(Peer.init) else { return false }
    guard (try? frame.body.decode(Hello.self)) == hello else { return false }
    connection.established(as: peer)
    return true
  }

  private func end(_ context: ChannelHandlerContext, _ reason: String) {
    let peer = tls.identity ?? "nobody"
    logger.warning("A connection was ended", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
    let bytes = Frame(.goAway, body: [UInt8](reason.utf8)).bytes
    context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.gone()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !connection.isEstablished {
      // A name that is not a peer's is text from an unknown sender.
      let peer = tls.claimedIdentity.flatMap(Peer.init)?.rawValue ?? "unknown"
      logger.notice("A handshake failed", metadata: ["peer": "\(peer)", "cause": "\(error)"])
    }
    context.close(promise: nil)
  }
}
