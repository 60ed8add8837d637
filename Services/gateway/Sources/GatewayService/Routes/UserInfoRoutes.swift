import LatchkeyProtocol
import ServiceKit

/// `/api/oidc/userinfo` (OpenID Connect Core §5.3) with an access token by exactly one of RFC 6750's two ways.
enum UserInfoRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/userinfo", .oauth, [.anyOrigin], answer),
    Route(.post, "/api/oidc/userinfo", .oauth, [.anyOrigin, .foreignPosts], answer),
  ]

  @Sendable private static func answer(_ exchange: Exchange) async throws -> Response {
    let realm = exchange.site.settings.appURL.issuer
    // RFC 6750 §2.3's third way, the address, is one that logs keep: not taken.
    var tokens: [Secret] = []
    for header in exchange.request.headers[values: .authorization] {
      guard let token = CallerReader.bearer(header) else {
        return .refused(
          badRequest("Send the access token as a Bearer token."), realm: realm, isResource: true)
      }
      tokens.append(token)
    }
    if exchange.request.method == .post, exchange.bringsForm {
      tokens += try exchange.form().filter { $0.name == "access_token" }.map { Secret($0.value) }
    }
    // RFC 6750 §2: not more than one way in a request.
    guard tokens.count < 2 else {
      return .refused(badRequest("The access token was sent more than once."), realm: realm, isResource: true)
    }
    switch try await exchange.services.oidc.send(OIDC.UserInfo(token: tokens.first), exchange.call) {
    case .claims(let claims): return .json(claims)
    case .refused(let refusal): return .refused(refusal, realm: realm, isResource: true)
    }
  }

  private static func badRequest(_ sentence: String) -> OIDC.Refusal {
    OIDC.Refusal(.request, error: "invalid_request", description: sentence)
  }
}
