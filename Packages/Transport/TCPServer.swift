public import LatchkeyProtocol
public import Logging
import NIOCore
import NIOPosix

/// A service's listening socket and everything that depends on it.
public final class TCPServer: Sendable {
  /// Where it listens, with the real port if port 0 was asked for.
  public let address: ServiceAddress

  private let listener: any Channel
  private let registry: ServerRegistry
  private let logger: Logger

  private init(_ address: ServiceAddress, _ listener: any Channel, _ registry: ServerRegistry, _ logger: Logger) {
    self.address = address
    self.listener = listener
    self.registry = registry
    self.logger = logger
  }

  /// Whether it has stopped listening.
  package var isDraining: Bool { !listener.isActive }

  /// Connections that are open, or whose handlers still run.
  public var connections: Int { registry.count }

  /// Listens and serves until `drain`.
  ///
  /// - Parameters:
  ///   - routes: the methods to serve; `core.health/1` is added.
  ///   - listen: the address to bind; port 0 takes a free one.
  ///   - keys: who may connect, each with the key that proves it.
  ///   - health: called for every health check.
  /// - Throws: an `IOError` if the address cannot be bound, a `TLSFailure` if the system's libssl lacks the cipher.
  public static func start(
    _ routes: Routes, listen: ServiceAddress, keys: [Peer: TransportKey], limits: TransportLimits = TransportLimits(),
    health: @escaping HealthCheck, logger: Logger
  ) async throws -> TCPServer {
    let registry = ServerRegistry(limit: limits.connections)
    let tls = try PreSharedKeyTLS.server(keys)
    let routes = routes.answeringHealth(health)
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 256)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        let connection = ServerConnection(channel, routes, limits, registry, logger)
        guard registry.add(connection) else {
          logger.warning("A connection beyond the limit was closed", metadata: ["limit": "\(limits.connections)"])
          return channel.close()
        }
        channel.eventLoop.scheduleTask(in: TimeAmount(limits.handshake)) {
          if !connection.isEstablished { channel.close(promise: nil) }
        }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ServerPreface(connection, routes.service, tls, logger))
        }
      }
    let listener = try await bootstrap.bind(host: listen.host, port: listen.port).get()
    let bound = ServiceAddress(host: listen.host, port: listener.localAddress?.port ?? listen.port)
    logger.info("Listening", metadata: ["service": "\(routes.service)", "address": "\(bound)"])
    return TCPServer(bound, listener, registry, logger)
  }

  /// Stops listening, tells every client, lets requests in flight end, and closes.
  ///
  /// - Parameter deadline: how long that may take; handlers still running then are cancelled and cut off.
  public func drain(within deadline: Duration) async {
    // Closing what is already closed is not an error here.
    try? await listener.close()
    registry.leave()
    let timer = listener.eventLoop.scheduleTask(in: TimeAmount(deadline)) { [registry, logger] in
      logger.warning("The drain's deadline passed", metadata: ["connections": "\(registry.count)"])
      registry.cut()
      registry.giveUp()
    }
    await registry.empty()
    timer.cancel()
  }
}
