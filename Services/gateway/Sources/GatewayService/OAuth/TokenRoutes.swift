import Encodings
import LatchkeyProtocol

/// What clients post to the endpoints at which they authenticate: token (RFC 6749 §3.2), introspection (RFC 7662) and
/// revocation (RFC 7009). The form and the headers go to `oidc` whole, and its answer is written unchanged.
enum TokenRoutes {
  static let token = "/api/oidc/token"
  static let introspection = "/api/oidc/introspect"
  static let revocation = "/api/oidc/revoke"

  static let all: [Route] = [
    Route(.post, token, .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      Response(try await exchange.services.oidc.send(OIDC.ExchangeToken(try exchange.clientRequest()), exchange.call))
    },
    Route(.post, introspection, .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      Response(try await exchange.services.oidc.send(OIDC.Introspect(try exchange.clientRequest()), exchange.call))
    },
    Route(.post, revocation, .oauth, [.anyOrigin, .foreignPosts]) { exchange in
      Response(try await exchange.services.oidc.send(OIDC.Revoke(try exchange.clientRequest()), exchange.call))
    },
  ]
}

extension Exchange {
  fileprivate func clientRequest() throws -> OIDC.ClientRequest {
    let hasQuery = rawQuery != nil
    // Parameters in the URL are refused by `oidc` whatever the body is.
    let form = hasQuery && !bringsForm ? [] : try form()
    return OIDC.ClientRequest(form: form, authorization: authorization, hasQuery: hasQuery)
  }

  /// Every `Authorization` header, whole.
  var authorization: [Secret] { request.headers[values: .authorization].map { Secret($0) } }
}
