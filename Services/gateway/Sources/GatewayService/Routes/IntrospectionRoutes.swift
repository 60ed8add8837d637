/// `/api/oidc/introspect` (RFC 7662).
enum IntrospectionRoutes {
  static let all: [Route] = []
}
