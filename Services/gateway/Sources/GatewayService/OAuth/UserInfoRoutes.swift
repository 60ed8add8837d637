import Encodings
import LatchkeyProtocol

/// OpenID Connect Core §5.3. RFC 6750 §2.3's third way to send a token, in the URL, is not accepted: logs keep URLs.
enum UserInfoRoutes {
  static let path = "/api/oidc/userinfo"

  static let all: [Route] = [
    Route(.get, path, .oauth, [.anyOrigin]) { try await answer($0, form: []) },
    Route(.post, path, .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      try await answer(exchange, form: exchange.bringsForm ? try exchange.form() : [])
    },
  ]

  private static func answer(_ exchange: Exchange, form: [FormField]) async throws -> Response {
    let message = OIDC.UserInfo(authorization: exchange.authorization, form: form)
    return Response(try await exchange.services.oidc.send(message, exchange.call))
  }
}
