import Encodings
import LatchkeyProtocol

/// Other users' passkeys and sessions, for administrators. Sessions are ours; Pocket ID's cannot be ended.
enum DelegatedAdministrationRoutes {
  static let all: [Route] = [
    Route(.get, "/api/users/:id/webauthn-credentials", .api) { exchange in
      let message = Auth.ListPasskeysOf(user: try exchange.identifier("id"))
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .passkeys(let passkeys): return .json(.array(passkeys.map { .passkey($0) }))
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/users/:id/webauthn-credentials/:credentialId", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Auth.RemovePasskeyOf(
        user: try exchange.identifier("id"), id: try exchange.identifier("credentialId"))
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .removed: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/users/:id/sessions", .api) { exchange in
      let message = Auth.ListSessionsOf(user: try exchange.identifier("id"))
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .sessions(let sessions):
        return .json(["data": .array(sessions.map { .session($0, isCurrent: false) })])
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/users/:id/sessions", .api) { exchange in
      _ = try exchange.optionalJSON()
      return try await end(nil, exchange)
    },
    Route(.delete, "/api/users/:id/sessions/:sessionId", .api) { exchange in
      _ = try exchange.optionalJSON()
      return try await end(try exchange.identifier("sessionId"), exchange)
    },
  ]

  private static func end(_ session: SessionID?, _ exchange: Exchange) async throws -> Response {
    let message = Auth.EndSessionsOf(user: try exchange.identifier("id"), session: session)
    switch try await exchange.services.auth.send(message, exchange.call) {
    case .ended: return .noContent
    case .notFound: throw session == nil ? Refusal.userNotFound : Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
