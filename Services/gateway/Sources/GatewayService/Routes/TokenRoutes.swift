import LatchkeyProtocol
import ServiceKit

/// `/api/oidc/token` (RFC 6749 §3.2): the form and the `Authorization` header, whole, go to `oidc`.
enum TokenRoutes {
  static let all: [Route] = [
    Route(.post, "/api/oidc/token", .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      let request = try await exchange.clientForm()
      let message = OIDC.ExchangeToken(form: request.form, authorization: request.authorization)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .issued(let answer): return .unstored(answer)
      case .refused(let refusal): return .refused(refusal, realm: exchange.site.settings.appURL.issuer)
      }
    }
  ]
}

extension Exchange {
  /// What a client sends to an endpoint that it authenticates at.
  func clientForm() async throws -> (form: [FormField], authorization: Secret?) {
    // RFC 6749 §2.3.1: credentials must not stand in the address, where logs would keep them.
    guard rawQuery == nil else { throw Refusal.request("Send the parameters in the body, not in the address.") }
    let authorizations = request.headers[values: .authorization]
    guard authorizations.count < 2 else { throw Refusal.request("There are two Authorization headers.") }
    return (try form(), authorizations.first.map { Secret($0) })
  }
}

extension Response {
  /// A refusal of `oidc`, with the status and the challenge that it means.
  ///
  /// - Parameter isResource: a protected resource refuses, and challenges for its kind of token whatever was wrong (RFC 6750 §3).
  static func refused(_ refusal: OIDC.Refusal, realm: String, isResource: Bool = false) -> Response {
    let status: Status =
      switch refusal.kind {
      case .request: .badRequest
      case .client, .token: .unauthorized
      case .scope: .forbidden
      }
    var response: Response
    if let error = refusal.error {
      response = .oauthError(error, refusal.description, status)
    } else {
      // RFC 6750 §3.1: who brought no token is told no reason.
      response = .unstored(nil, status)
    }
    switch refusal.kind {
    case .request where !isResource: break
    case .client: response.headers[.wwwAuthenticate] = "Basic realm=\"\(realm)\", charset=\"UTF-8\""
    case .request, .token, .scope:
      var challenge = "Bearer realm=\"\(realm)\""
      if let error = refusal.error {
        challenge += ", error=\"\(printable(error))\", error_description=\"\(printable(refusal.description))\""
      }
      if refusal.kind == .scope { challenge += ", scope=\"openid\"" }
      response.headers[.wwwAuthenticate] = challenge
    }
    return response
  }
}
