/// `/api/oidc/end-session` (OpenID Connect RP-Initiated Logout 1.0).
enum EndSessionRoutes {
  static let all: [Route] = []
}
