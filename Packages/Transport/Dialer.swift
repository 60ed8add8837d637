import LatchkeyProtocol
import NIOCore
import NIOPosix

/// Opens one connection and completes its handshake.
enum Dialer {
  static func dial(
    _ address: SocketAddress, _ identity: ClientIdentity, _ limits: TransportLimits,
    onChange: @escaping @Sendable (ClientConnection, ClientConnection.Change) -> Void
  ) async throws(ConnectFailure) -> ClientConnection {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let ready = loop.makePromise(of: ClientConnection.self)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(limits.connect))
      .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = ClientConnection(channel, limits, onChange: onChange)
          try channel.pipeline.syncOperations.addHandler(ClientPreface(identity, connection, ready: ready))
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.connect(to: address).get()
    } catch {
      let failure = ConnectFailure(reason: "Nothing answers at \(address.shown).", isRefusal: false)
      ready.fail(failure)
      throw failure
    }
    let timer = loop.scheduleTask(in: TimeAmount(limits.handshake)) {
      ready.fail(ConnectFailure(reason: "The handshake with \(address.shown) took too long.", isRefusal: false))
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    do {
      return try await ready.futureResult.get()
    } catch let failure as ConnectFailure {
      throw ConnectFailure(reason: "\(address.shown): \(failure.reason)", isRefusal: failure.isRefusal)
    } catch {
      throw ConnectFailure(reason: "The handshake with \(address.shown) failed.", isRefusal: false)
    }
  }
}

extension SocketAddress {
  /// The address as people write it.
  var shown: String { ServiceAddress(host: ipAddress ?? "?", port: port ?? 0).description }
}
