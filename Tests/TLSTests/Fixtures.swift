import NIOCore
import NIOPosix
import NIOTLS
import Synchronization
import TestKit
import TLS
import Testing

/// What a channel's last handler saw, in order, from any thread.
final class Ear: Sendable {
  struct Heard {
    var bytes: [UInt8] = []
    var failures: [TLSFailure] = []
    var otherErrors = 0
    var handshakes = 0
    var isInputEnded = false
    var isClosed = false
    /// Whether the end came after the failures, and nothing after the end.
    var afterEnd = 0
    var identity: String?
  }

  private let state = Mutex(Heard())

  var heard: Heard { state.withLock { $0 } }

  var count: Int { state.withLock { $0.bytes.count } }

  func note(_ change: (inout Heard) -> Void) { state.withLock { change(&$0) } }
}

/// Notes what it sees; sends everything back if it is an echo.
final class EarHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let ear: Ear
  private let tls: TLSHandler?
  private let isEcho: Bool

  init(_ ear: Ear, _ tls: TLSHandler?, isEcho: Bool = false) {
    self.ear = ear
    self.tls = tls
    self.isEcho = isEcho
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    ear.note { heard in
      heard.bytes += bytes.readableBytesView
      heard.afterEnd += heard.isClosed || heard.isInputEnded ? 1 : 0
    }
    if isEcho { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(negotiatedProtocol: nil)? = event as? TLSUserEvent {
      ear.note { heard in
        heard.handshakes += 1
        heard.identity = tls?.identity
      }
    }
    if case .inputClosed? = event as? ChannelEvent { ear.note { $0.isInputEnded = true } }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ear.note { heard in
      heard.afterEnd += heard.isClosed ? 1 : 0
      if let failure = error as? TLSFailure { heard.failures.append(failure) } else { heard.otherErrors += 1 }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { ear.note { $0.isClosed = true } }
}

/// One end: its channel, and what it has heard.
struct End: Sendable {
  let channel: any Channel
  let ear: Ear
  /// What it had to say before it was connected.
  var first: EventLoopFuture<Void>?

  var heard: Ear.Heard { ear.heard }
  /// Without a copy of the bytes, for whoever asks often.
  var count: Int { ear.count }

  func say(_ bytes: [UInt8]) -> EventLoopFuture<Void> { channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
}

enum Fixture {
  static let key = [UInt8](repeating: 7, count: 32)
  static let group = MultiThreadedEventLoopGroup.singleton

  static func client(_ identity: String = "gateway", _ key: [UInt8] = key) throws -> PreSharedKeyClient {
    try PreSharedKeyClient(identity: identity, key: key)
  }

  static func server() throws -> PreSharedKeyServer {
    try PreSharedKeyServer { identity in identity == "gateway" ? key : nil }
  }

  typealias Handler = @Sendable () throws -> TLSHandler?

  /// Listens on loopback. Each connection's end is handed over once it is there; nil handler: no TLS.
  static func listen(
    _ handler: @escaping Handler, isEcho: Bool = false, halfClosure: Bool = false, _ ear: Ear = Ear()
  ) async throws -> (listener: any Channel, accepted: EventLoopFuture<End>) {
    let accepted = group.next().makePromise(of: End.self)
    let listener = try await ServerBootstrap(group: group)
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: halfClosure)
      .childChannelInitializer { channel in
        accepted.succeed(End(channel: channel, ear: ear))
        return channel.eventLoop.makeCompletedFuture { try add(handler, ear, isEcho, channel) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return (listener, accepted.futureResult)
  }

  /// Connects to a port on loopback.
  ///
  /// - Parameter first: written before there is a connection, so that the handshake is ahead of it whatever happens.
  static func connect(
    _ port: Int, first: [UInt8]? = nil, halfClosure: Bool = false, isReading: Bool = true, _ handler: @escaping Handler
  ) async throws -> End {
    let ear = Ear()
    let written = group.next().makePromise(of: Void.self)
    let channel = try await ClientBootstrap(group: group)
      .channelOption(ChannelOptions.allowRemoteHalfClosure, value: halfClosure)
      .channelOption(ChannelOptions.autoRead, value: isReading)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try add(handler, ear, false, channel)
          if let first {
            channel.writeAndFlush(ByteBuffer(bytes: first)).cascade(to: written)
          } else {
            written.succeed()
          }
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return End(channel: channel, ear: ear, first: written.futureResult)
  }

  private static func add(_ handler: Handler, _ ear: Ear, _ isEcho: Bool, _ channel: any Channel) throws {
    let tls = try handler()
    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
    try channel.pipeline.syncOperations.addHandler(EarHandler(ear, tls, isEcho: isEcho))
  }

  /// Two ends over loopback, whatever each of them speaks.
  static func pair(
    client: @escaping Handler, server: @escaping Handler, first: [UInt8]? = nil, isEcho: Bool = false,
    halfClosure: Bool = false
  ) async throws -> (client: End, server: End) {
    let (listener, accepted) = try await listen(server, isEcho: isEcho, halfClosure: halfClosure)
    let port = try #require(listener.localAddress?.port)
    let client = try await connect(port, first: first, halfClosure: halfClosure, client)
    let server = try await accepted.get()
    try await listener.close()
    return (client, server)
  }

  /// Two ends that have the same key and have said so.
  static func ready(isEcho: Bool = false, halfClosure: Bool = false) async throws -> (client: End, server: End) {
    let (client, server) = (try client(), try server())
    let ends = try await pair(
      client: { try client.handler() }, server: { try server.handler() }, isEcho: isEcho, halfClosure: halfClosure)
    await eventually("the handshake is over") { ends.client.heard.handshakes == 1 && ends.server.heard.handshakes == 1 }
    return ends
  }

  /// The failure of a write or a close.
  static func failure(of future: EventLoopFuture<Void>?) async -> (any Error)? {
    do {
      try await future?.get()
      return nil
    } catch {
      return error
    }
  }
}
