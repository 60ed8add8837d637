import NIOCore
import NIOPosix
import Synchronization
import Testing
import Transport

/// Stands between a client and a server and can fall silent without closing anything: for ever, as a lost host does, or
/// for a while, as a stopped process does.
final class Proxy: Sendable {
  fileprivate struct State {
    var isFrozen = false
    var isHolding = false
    var held: [(channel: any Channel, bytes: ByteBuffer)] = []
    var chunks = 0
    var channels: [any Channel] = []
  }

  fileprivate final class Switch: Sendable {
    let state = Mutex(State())
  }

  let address: ServiceAddress
  private let listener: any Channel
  private let control: Switch

  private init(_ address: ServiceAddress, _ listener: any Channel, _ control: Switch) {
    self.address = address
    self.listener = listener
    self.control = control
  }

  static func start(to target: ServiceAddress) async throws -> Proxy {
    let control = Switch()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(ChannelOptions.autoRead, value: false)
      .childChannelInitializer { near in
        ClientBootstrap(group: near.eventLoop)
          .channelInitializer { far in
            far.eventLoop.makeCompletedFuture {
              try far.pipeline.syncOperations.addHandler(Forward(near, control))
              try near.pipeline.syncOperations.addHandler(Forward(far, control))
            }
          }
          .connect(host: target.host, port: target.port)
          .flatMap { _ in near.setOption(ChannelOptions.autoRead, value: true) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    return Proxy(ServiceAddress(host: "127.0.0.1", port: port), listener, control)
  }

  /// How many pieces went by, either way.
  var chunks: Int { control.state.withLock { $0.chunks } }

  func freeze() { control.state.withLock { $0.isFrozen = true } }

  /// Keeps what comes, either way, until `release`.
  func hold() { control.state.withLock { $0.isHolding = true } }

  func release() {
    control.state.withLock { state in
      state.isHolding = false
      // Under the lock, so that nothing overtakes what was held.
      for (channel, bytes) in state.held { channel.writeAndFlush(bytes, promise: nil) }
      state.held = []
    }
  }

  /// Breaks what is connected; new connections are taken.
  func cut() {
    let channels = control.state.withLock { state in
      defer { state.channels = [] }
      return state.channels
    }
    for channel in channels { channel.close(promise: nil) }
  }

  func stop() async {
    try? await listener.close()
    cut()
  }

  private final class Forward: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel
    private let control: Switch

    init(_ other: any Channel, _ control: Switch) {
      self.other = other
      self.control = control
      control.state.withLock { $0.channels.append(other) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      control.state.withLock { state in
        state.chunks += 1
        if state.isHolding {
          state.held.append((other, bytes))
        } else if !state.isFrozen {
          other.writeAndFlush(bytes, promise: nil)
        }
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if !control.state.withLock({ $0.isFrozen }) { other.close(promise: nil) }
    }
  }
}
