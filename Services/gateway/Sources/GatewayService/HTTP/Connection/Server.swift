import Glibc
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The listening server: HTTP/1.1, until it is drained.
package final class Server: Sendable {
  /// What serving ends with when nobody asked it to.
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
      // Whoever knocks behind a flood is reached the sooner.
      .serverChannelOption(ChannelOptions.maxMessagesPerRead, value: 16)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Acceptor(connections, front.shares, front.neighbourhood, logger))
        }
      }
      .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      // A client that has said all may still listen.
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      // What came with one read is in memory before anybody has looked at it, and a network has many connections.
      .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
      .childChannelOption(
        ChannelOptions.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limits.read)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // How an answer is framed is told by ``Response``, which knows what HEAD and 304 are.
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

  /// Accepts nothing more, finishes what is in flight, and closes; what takes longer than the limit is cut off.
  package func drain(within limit: Duration) async {
    // From here on the end of the listening socket is what was asked for.
    isDrained.store(true, ordering: .releasing)
    try? await listening.close()
    let cut = Task { [connections] in
      try await Task.sleep(for: limit)
      connections.cut()
    }
    await connections.drain()
    cut.cancel()
  }

  /// Returns when nothing more is accepted: with why, or nil where the server is drained.
  package func ended() async -> (any Error)? {
    try? await listening.closeFuture.get()
    return isDrained.load(ordering: .acquiring) ? nil : Closed()
  }

  /// As many connections as the process may have descriptors for, with some left for the services and files.
  private static var mostConnections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    return min(Limits.connections, max(64, Int(clamping: limit.rlim_cur) - 128))
  }
}
