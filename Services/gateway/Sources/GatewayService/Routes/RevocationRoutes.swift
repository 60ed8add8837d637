import LatchkeyProtocol
import ServiceKit

/// `/api/oidc/revoke` (RFC 7009): the form and the `Authorization` header, whole, go to `oidc`.
enum RevocationRoutes {
  static let all: [Route] = [
    Route(.post, "/api/oidc/revoke", .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      let request = try await exchange.clientForm()
      let message = OIDC.Revoke(form: request.form, authorization: request.authorization)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      // RFC 7009 §2.2: what the body says is of no interest to anybody.
      case .done: return .unstored(nil)
      case .refused(let refusal): return .refused(refusal, realm: exchange.site.settings.appURL.issuer)
      }
    }
  ]
}
