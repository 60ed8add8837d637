import LatchkeyProtocol

/// Discovery (OpenID Connect Discovery §4, RFC 8414 §3) and the public keys (RFC 7517).
enum DiscoveryRoutes {
  static let keys = "/.well-known/jwks.json"

  static let all: [Route] = [
    Route(.get, "/.well-known/openid-configuration", .oauth, [.anyOrigin], metadata),
    Route(.get, "/.well-known/oauth-authorization-server", .oauth, [.anyOrigin], metadata),
    Route(.get, keys, .oauth, [.anyOrigin]) { exchange in
      Response(try await exchange.services.oidc.send(OIDC.Keys(), exchange.call))
    },
  ]

  @Sendable private static func metadata(_ exchange: Exchange) async throws -> Response {
    Response(try await exchange.services.oidc.send(OIDC.Metadata.ours, exchange.call))
  }
}

extension OIDC.Metadata {
  /// What our routes support.
  static let ours = OIDC.Metadata(
    OIDC.EndpointPaths(
      authorization: AuthorizeRoutes.path, token: TokenRoutes.token, userInfo: UserInfoRoutes.path,
      introspection: TokenRoutes.introspection, revocation: TokenRoutes.revocation, endSession: EndSessionRoutes.path,
      keys: DiscoveryRoutes.keys))
}
