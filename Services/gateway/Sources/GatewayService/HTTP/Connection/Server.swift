import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The listening server: serves until it is drained.
package final class Server: Sendable {
  /// The port that it listens on.
  package let port: Int
  private let group: ServiceGroup
  private let serving: Task<Void, any Error>

  private init(port: Int, group: ServiceGroup, serving: Task<Void, any Error>) {
    self.port = port
    self.group = group
    self.serving = serving
  }

  /// Binds and begins to serve; returns once connections are accepted.
  /// - Parameter port: 0 for any that is free.
  package static func start(
    _ front: Front, host: String, port: Int, deadlines: Deadlines = Deadlines(), logger: Logger
  ) async throws -> Server {
    var quiet = logger
    // Its own notices repeat ours; what matters comes as warnings.
    quiet.logLevel = max(logger.logLevel, .warning)
    let (ports, bound) = AsyncStream.makeStream(of: Int.self)
    let (shares, neighbourhood) = (front.shares, front.neighbourhood)
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(shares, neighbourhood, deadlines, logger)],
      idleTimeout: TimeAmount(Limits.idle),
      httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: Limits.headerField, maxHeaderListSize: Limits.headers,
        maxHeaderFieldCount: Limits.headerCount))
    let application = Application(
      responder: front,
      server: HTTPServerBuilder { responder in
        LoopChannel(http: HTTP1Channel(responder: responder, configuration: http))
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(connections, logger: quiet)),
      onServerRunning: { channel in
        bound.yield(channel.localAddress?.port ?? port)
        bound.finish()
      },
      logger: quiet)
    let group = ServiceGroup(services: [application], logger: quiet)
    let serving = Task {
      defer { bound.finish() }
      try await group.run()
    }
    let port = await withTaskCancellationHandler {
      await ports.first { _ in true }
    } onCancel: {
      serving.cancel()
    }
    guard let port else {
      try await serving.value
      throw CancellationError()
    }
    return Server(port: port, group: group, serving: serving)
  }

  /// Accepts nothing more, finishes what is in flight, and closes; what takes longer than the limit is cut off.
  package func drain(within limit: Duration) async {
    let cut = Task { [serving] in
      try await Task.sleep(for: limit)
      serving.cancel()
    }
    await group.triggerGracefulShutdown()
    _ = await serving.result
    cut.cancel()
  }

  /// Returns when serving ends: with what ended it, or nil after a drain.
  package func ended() async -> (any Error)? {
    if case .failure(let error) = await serving.result { error } else { nil }
  }

  /// As many connections as the process may have descriptors for, with some left for the services and files.
  private static var connections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    return min(Limits.connections, max(64, Int(clamping: limit.rlim_cur) - 128))
  }
}
