import Glibc
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The listening server: HTTP/1.1, until it is drained.
package final class Server: Sendable {
  /// What serving ends with when it was not asked to end.
  struct Closed: Error, CustomStringConvertible {
    let description = "The listening socket was closed."
  }

  /// The port that it listens on.
  package let port: Int
  private let listening: any Channel
  private let connections: Connections
  private let isDrained = Atomic(false)

  private init(_ listening: any Channel, _ connections: Connections, port: Int) {
    self.listening = listening
    self.connections = connections
    self.port = port
  }

  /// Binds and begins to serve; returns once connections are accepted.
  /// - Parameter port: 0 for any that is free.
  package static func start(
    _ front: Front, host: String, port: Int, deadlines: Deadlines = Deadlines(), logger: Logger
  ) async throws -> Server {
    let connections = Connections(limit: mostConnections)
    let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      // A client that connects behind a flood is reached sooner.
      .serverChannelOption(ChannelOptions.maxMessagesPerRead, value: 16)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Acceptor(connections, front.shares, front.neighbourhood, logger))
        }
      }
      .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      // A client that has sent everything may still be listening.
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      // What one read brings is in memory before anything has looked at it, and a network has many connections.
      .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
      .childChannelOption(
        ChannelOptions.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limits.read)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // ``Response`` decides how an answer is framed: it knows HEAD and 304.
          var framing = HTTPResponseEncoder.Configuration()
          framing.automaticallySetFramingHeaders = false
          let door = IntakeHandler()
          try channel.pipeline.syncOperations.addHandlers([
            door, HTTPResponseEncoder(configuration: framing), ByteToMessageHandler(HTTPRequestDecoder()),
            ConnectionGuard(
              behind: door, isWelcome: connections.isWelcome(channel), isDraining: { connections.isDraining },
              deadlines, logger),
            RequestHandler(front, connections, loop: channel.eventLoop),
          ])
        }
      }
      .bind(host: host, port: port).get()
    return Server(listening, connections, port: listening.localAddress?.port ?? port)
  }

  /// Accepts nothing more, finishes what is in flight, and closes; cuts off what takes longer than the limit.
  package func drain(within limit: Duration) async {
    // From here on the listening socket ends because it was asked to.
    isDrained.store(true, ordering: .releasing)
    try? await listening.close()
    let cut = Task { [connections] in
      try await Task.sleep(for: limit)
      connections.cut()
    }
    await connections.drain()
    cut.cancel()
  }

  /// Returns when nothing more is accepted: the reason, or nil if the server was drained.
  package func ended() async -> (any Error)? {
    try? await listening.closeFuture.get()
    return isDrained.load(ordering: .acquiring) ? nil : Closed()
  }

  /// As many connections as the process may have descriptors for, less some for the services and files.
  private static var mostConnections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    return min(Limits.connections, max(64, Int(clamping: limit.rlim_cur) - 128))
  }
}
