import Encodings
import LatchkeyProtocol

/// Claims of people's own making, for administrators.
enum CustomClaimRoutes {
  static let all: [Route] = [
    Route(.get, "/api/custom-claims/suggestions", .api) { exchange in
      switch try await exchange.services.admin.send(Admin.SuggestClaims(), exchange.call) {
      case .names(let names): return .json(.texts(names))
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.put, "/api/custom-claims/user/:userId", .api) { exchange in
      try await set(exchange, .user(try exchange.identifier("userId")))
    },
    Route(.put, "/api/custom-claims/user-group/:userGroupId", .api) { exchange in
      try await set(exchange, .group(try exchange.identifier("userGroupId")))
    },
  ]

  private static func set(_ exchange: Exchange, _ owner: Admin.ClaimOwner) async throws -> Response {
    let claims = try [CustomClaim](exchange.jsonValue())
    let message = Admin.SetCustomClaims(owner: owner, claims: claims)
    switch try await exchange.services.admin.send(message, exchange.call) {
    case .claims(let claims): return .json(.claims(claims))
    case .reserved(let name):
      throw Refusal(
        .badRequest, "reserved_claim", "Tokens use the name \(name) themselves.", details: ["key": .string(name)])
    case .duplicate(let name):
      throw Refusal(
        .badRequest, "duplicate_claim", "The name \(name) stands there twice.", details: ["key": .string(name)])
    case .invalid(let problems): throw Refusal.invalid(problems)
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
