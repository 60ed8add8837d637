/// `/api/oidc/revoke` (RFC 7009).
enum RevocationRoutes {
  static let all: [Route] = []
}
