import LatchkeyProtocol

/// Discovery (OpenID Connect Discovery §4, RFC 8414 §3) and the public keys (RFC 7517).
enum DiscoveryRoutes {
  static let all: [Route] = [
    Route(.get, "/.well-known/openid-configuration", .oauth, [.anyOrigin], metadata),
    Route(.get, "/.well-known/oauth-authorization-server", .oauth, [.anyOrigin], metadata),
    Route(.get, "/.well-known/jwks.json", .oauth, [.anyOrigin], keys),
  ]

  @Sendable private static func metadata(_ exchange: Exchange) async throws -> Response {
    cached(.json(try await exchange.services.oidc.send(OIDC.Metadata(), exchange.call)))
  }

  @Sendable private static func keys(_ exchange: Exchange) async throws -> Response {
    cached(.json(try await exchange.services.oidc.send(OIDC.Keys(), exchange.call)))
  }

  /// Short, so that a new key or setting is seen within a minute.
  private static func cached(_ response: Response) -> Response {
    var response = response
    response.headers[.cacheControl] = "public, max-age=60"
    return response
  }
}
