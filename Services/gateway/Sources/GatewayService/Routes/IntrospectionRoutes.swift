import LatchkeyProtocol
import ServiceKit

/// `/api/oidc/introspect` (RFC 7662): the form and the `Authorization` header, whole, go to `oidc`.
enum IntrospectionRoutes {
  static let all: [Route] = [
    Route(.post, "/api/oidc/introspect", .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      let request = try await exchange.clientForm()
      let message = OIDC.Introspect(form: request.form, authorization: request.authorization)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .answer(let answer): return .unstored(answer)
      case .refused(let refusal): return .refused(refusal, realm: exchange.site.settings.appURL.issuer)
      }
    }
  ]
}
