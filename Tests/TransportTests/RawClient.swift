import LatchkeyProtocol
import NIOCore
import NIOPosix
import Synchronization
import TestKit
import TLS
import Testing
import Transport

/// A client that says whatever it is told to, in clear or inside TLS, and notes what it hears.
final class RawClient: Sendable {
  fileprivate struct State {
    var heard: [UInt8] = []
    var isClosed = false
  }

  private let channel: any Channel
  private let state: Ears

  fileprivate final class Ears: Sendable {
    fileprivate let state = Mutex(State())
  }

  private init(_ channel: any Channel, _ state: Ears) {
    self.channel = channel
    self.state = state
  }

  static func connect(_ address: ServiceAddress) async throws -> RawClient {
    let ears = Ears()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ear(ears)) }
      }
      .connect(host: address.host, port: address.port).get()
    return RawClient(channel, ears)
  }

  /// Connected, greeted, ready to send frames.
  static func ready(_ server: TCPServer, _ key: TransportKey) async throws -> RawClient {
    let client = try await connect(server.address)
    client.say(Handshake.offer(1...1))
    await eventually("the offer is answered") { client.heard.count >= 10 }
    client.forget()
    try await client.startTLS(key)
    client.say(try Hello(offered: 1...1, chosen: 1, service: "trial").frame.bytes)
    await eventually("the service greets") { !client.heard.isEmpty }
    client.forget()
    return client
  }

  var heard: [UInt8] { state.state.withLock { $0.heard } }
  var isClosed: Bool { state.state.withLock { $0.isClosed } }

  func forget() { state.state.withLock { $0.heard = [] } }

  func say(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  func startTLS(_ key: TransportKey) async throws {
    let channel = channel
    try await channel.eventLoop.submit {
      let tls = try PreSharedKeyTLS.client(.gateway, key).handler()
      try channel.pipeline.syncOperations.addHandler(tls, position: .first)
    }.get()
  }

  func stopReading() async throws { try await channel.setOption(ChannelOptions.autoRead, value: false).get() }

  func close() { channel.close(promise: nil) }

  fileprivate final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let ears: Ears

    init(_ ears: Ears) { self.ears = ears }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      ears.state.withLock { $0.heard += bytes.readableBytesView }
    }

    func channelInactive(context: ChannelHandlerContext) { ears.state.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
