import HTTPTypes
import Hummingbird
import LatchkeyProtocol
import ServiceKit

/// `/api/oidc/token` (RFC 6749 §3.2): the form and the `Authorization` header, whole, go to `oidc`.
enum TokenRoutes {
  static let all: [Route] = [
    Route(.post, "/api/oidc/token", .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      // RFC 6749 §2.3.1: credentials must not stand in the address, where logs would keep them.
      guard exchange.rawQuery == nil else {
        throw Refusal.request("Send the parameters in the body, not in the address.")
      }
      let authorizations = exchange.request.headers[values: .authorization]
      guard authorizations.count < 2 else { throw Refusal.request("There are two Authorization headers.") }
      let message = OIDC.ExchangeToken(
        form: try await exchange.form(), authorization: authorizations.first.map { Secret($0) })
      switch try await exchange.services.oidc.exchangeToken(message, exchange.call) {
      case .issued(let answer):
        var response = Response.json(answer)
        // RFC 6749 §5.1.
        response.headers[.cacheControl] = "no-store"
        response.headers[.pragma] = "no-cache"
        return response
      case .refused(let refusal): return .refused(refusal, realm: exchange.site.settings.appURL.issuer)
      }
    }
  ]
}

extension Response {
  /// A refusal of `oidc`, with the status and the challenge that it means.
  ///
  /// - Parameter isResource: a protected resource refuses, and challenges for its kind of token whatever was wrong (RFC 6750 §3).
  static func refused(_ refusal: OIDC.Refusal, realm: String, isResource: Bool = false) -> Response {
    let status: HTTPResponse.Status =
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
      response = Response(status: status, headers: [.cacheControl: "no-store", .pragma: "no-cache"])
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
