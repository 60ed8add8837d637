import Encodings
import LatchkeyProtocol

/// A client's secrets. A new one is shown once, and asking for it needs the passkey again.
enum ClientSecretRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/clients/:id/secrets", .api) { exchange in
      .json(.array(try await ClientRoutes.client(exchange).secrets.map { .secret($0) }))
    },
    Route(.post, "/api/oidc/clients/:id/secrets", .api) { exchange in
      .json(.newSecret(try await makeSecret(exchange, replacesOthers: false)), .created)
    },
    // Pocket ID's until 2.13, which programs still call: a client had one secret, and a new one replaced it.
    Route(.post, "/api/oidc/clients/:id/secret", .api) { exchange in
      .json(["secret": .string(try await makeSecret(exchange, replacesOthers: true).secret.exposed)])
    },
    Route(.delete, "/api/oidc/clients/:id/secrets/:secretId", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Admin.DeleteClientSecret(
        clientID: try exchange.clientID(), secretID: try exchange.identifier("secretId"))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .deleted: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  private static func makeSecret(_ exchange: Exchange, replacesOthers: Bool) async throws -> Admin.NewClientSecret {
    var fields = try exchange.optionalJSON()
    let secret = fields.text("secret").flatMap { $0.isEmpty ? nil : Secret($0) }
    let expiresAt = fields.date("expiresAt")
    try fields.check()
    let message = Admin.CreateClientSecret(
      clientID: try exchange.clientID(), secret: secret, expiresAt: expiresAt, replacesOthers: replacesOthers)
    switch try await exchange.services.admin.send(message, exchange.call) {
    case .created(let secret): return secret
    case .invalid(let problems): throw Refusal.invalid(problems)
    case .full(let limit):
      throw Refusal(.conflict, "too_many_secrets", "A client holds \(limit) secrets at most. Remove one first.")
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
