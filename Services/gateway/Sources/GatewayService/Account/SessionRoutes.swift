import Encodings
import LatchkeyProtocol

/// The caller's own sessions. These routes are ours; Pocket ID's sessions cannot be ended.
enum SessionRoutes {
  static let all: [Route] = [
    Route(.get, "/api/sessions", .api, [.browserOnly]) { exchange in
      switch try await exchange.services.auth.send(Auth.ListSessions(), exchange.call) {
      case .sessions(let sessions, let current):
        return .json(["data": .array(sessions.map { .session($0, isCurrent: $0.id == current) })])
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.delete, "/api/sessions/:id", .api, [.browserOnly]) { exchange in
      _ = try exchange.optionalJSON()
      return try await end(.one(try exchange.identifier("id")), exchange)
    },
    Route(.delete, "/api/sessions", .api, [.browserOnly]) { exchange in
      _ = try exchange.optionalJSON()
      return try await end(try exchange.query("everywhere") == "true" ? .everywhere : .others, exchange)
    },
  ]

  private static func end(_ which: Auth.EndSessions.Which, _ exchange: Exchange) async throws -> Response {
    switch try await exchange.services.auth.send(Auth.EndSessions(which), exchange.call) {
    case .ended(let count):
      if case .one = which, count == 0 { throw Refusal.notFound }
      return .noContent
    case .notSignedIn: throw Refusal.notSignedIn
    }
  }
}
