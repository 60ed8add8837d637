import LatchkeyProtocol

/// What people consented to, what they may use, and revoking consents.
enum ConsentRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/users/me/authorized-clients", .api) { exchange in try await list(exchange, of: nil) },
    Route(.get, "/api/oidc/users/:id/authorized-clients", .api) { exchange in
      // Any user's, including the caller's own: this address is for administrators.
      try await list(exchange, of: try exchange.identifier("id"))
    },
    Route(.delete, "/api/oidc/users/me/authorized-clients/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = OIDC.RevokeConsent(clientID: try exchange.clientID())
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .revoked: return .noContent
      case .notFound: throw Refusal.notFound
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.get, "/api/oidc/users/me/clients", .api) { exchange in
      let message = OIDC.ListAccessibleClients(page: try Admin.PageRequest(exchange.query()))
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .clients(let clients): return .json(.list(clients) { .accessibleClient($0) })
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
  ]

  private static func list(_ exchange: Exchange, of user: UserID?) async throws -> Response {
    let message = OIDC.ListConsents(user: user, page: try Admin.PageRequest(exchange.query()))
    switch try await exchange.services.oidc.send(message, exchange.call) {
    case .consents(let consents): return .json(.list(consents) { .consent($0) })
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
