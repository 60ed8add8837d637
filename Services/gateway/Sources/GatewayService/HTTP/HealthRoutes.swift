/// Whether people can sign in: 204 while auth and oidc answer. Admin may be down.
enum HealthRoutes {
  static let all: [Route] = [
    Route(.get, "/healthz", .api, [.quiet, .alwaysAnswers], floods: []) { exchange in
      guard await exchange.services.canSignIn(exchange.call) else {
        throw Refusal(
          .serviceUnavailable, "service_unavailable", "A part that signing in needs does not answer.",
          headers: [.retryAfter: "2"])
      }
      return .noContent
    }
  ]
}
