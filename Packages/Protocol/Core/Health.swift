/// Messages that every service answers.
public enum Core {
  /// Asks a service whether it can do its work. Any authenticated peer may ask.
  public struct Health: ServiceRequest {
    public static let method: MethodName = "core.health/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case ready
      /// A sentence for operators: what is missing.
      case notReady(reason: String)
    }

    public init() {}
  }
}

/// How a service says whether it is ready.
public typealias HealthCheck = @Sendable () async -> Core.Health.Response

extension Routes {
  /// The table with `core.health/1` in it.
  package func answeringHealth(_ check: @escaping HealthCheck) -> Routes {
    var routes = self
    routes.add(Core.Health.method, from: Set(Peer.allCases)) { (_: Core.Health, _) async in await check() }
    return routes
  }
}
