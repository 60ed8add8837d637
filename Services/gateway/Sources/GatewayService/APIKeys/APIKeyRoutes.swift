// APIKeys/ owns keys for the REST API.

import Encodings
import Foundation
import LatchkeyProtocol

/// Keys for the REST API: each user's own. A new one is shown once, and asking for it needs the passkey again.
enum APIKeyRoutes {
  static let all: [Route] = [
    Route(.get, "/api/api-keys", .api) { exchange in
      let page = try Admin.PageRequest(exchange.query())
      switch try await exchange.services.admin.send(Admin.ListAPIKeys(page: page), exchange.call) {
      case .keys(let keys): return .json(.list(keys) { .apiKey($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/api-keys", .api, [.browserOnly]) { exchange in
      let (name, description, expiresAt) = try await wish(exchange)
      let message = Admin.CreateAPIKey(name: name, description: description, expiresAt: expiresAt)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .created(let key): return .json(.newAPIKey(key), .created)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .expirationInvalid: throw expirationInvalid
      case .full(let limit): throw tooMany(limit)
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/users/:id/api-keys", .api) { exchange in
      let (name, description, expiresAt) = try await wish(exchange)
      let message = Admin.CreateAPIKeyOfUser(
        user: try exchange.identifier("id"), name: name, description: description, expiresAt: expiresAt)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .created(let key): return .json(.newAPIKey(key), .created)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .expirationInvalid: throw expirationInvalid
      case .full(let limit): throw tooMany(limit)
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/api-keys/:id/renew", .api, [.browserOnly]) { exchange in
      var fields = try exchange.json()
      let expiresAt = fields.requiredDate("expiresAt")
      try fields.check()
      let message = Admin.RenewAPIKey(id: try id(exchange), expiresAt: expiresAt)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .renewed(let key): return .json(.newAPIKey(key))
      case .notExpired:
        throw Refusal(.conflict, "api_key_not_expired", "This key still works: it can be renewed once it has expired.")
      case .expirationInvalid: throw expirationInvalid
      case .notFound: throw notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/api-keys/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      switch try await exchange.services.admin.send(Admin.RevokeAPIKey(id: try id(exchange)), exchange.call) {
      case .revoked: return .noContent
      case .notFound: throw notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  private static let notFound = Refusal(.notFound, "api_key_not_found", "You have no such API key.")
  private static let expirationInvalid = Refusal(
    .badRequest, "invalid_api_key_expiration", "A key expires in the future.",
    details: ["fields": [["field": "expiresAt", "code": "invalid", "message": "A key expires in the future."]]])

  private static func tooMany(_ limit: Int) -> Refusal {
    Refusal(.conflict, "too_many_api_keys", "An account holds \(limit) API keys at most. Revoke one first.")
  }

  private static func wish(
    _ exchange: Exchange
  ) async throws -> (name: String, description: String?, expiresAt: Date) {
    var fields = try exchange.json()
    let (name, description) = (fields.requiredText("name"), fields.text("description"))
    let expiresAt = fields.requiredDate("expiresAt")
    try fields.check()
    return (name, description, expiresAt)
  }

  private static func id(_ exchange: Exchange) throws -> APIKeyID {
    guard let id = APIKeyID(exchange.parameter("id")) else { throw notFound }
    return id
  }
}

extension JSONFields {
  /// RFC 3339; now if it is missing, which is already a problem.
  fileprivate mutating func requiredDate(_ name: String) -> Date {
    if self[name] == nil { refuse(name, "required", "Is missing.") }
    return date(name) ?? Date()
  }
}
