import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct IntrospectionServiceTests {
  @Test("a token's own client is told what it is, another's that it is nothing")
  func ownClientOnly() async throws {
    let flow = try await Flow.start()
    let other = try await flow.otherClient()
    let tokens = try await flow.tokens(["scope": "openid profile"])
    let access = try await flow.introspect(tokens.accessToken).tokens
    #expect(access?["active"] == true && access?["token_type"] == "Bearer" && access?["username"] == "ada")
    for name in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "acr", "amr"] {
      #expect(access?[name] == tokens.accessClaims?[name] && access?[name] != nil, "\(name)")
    }
    let refresh = try await flow.introspect(tokens.refreshToken, ["token_type_hint": "access_token"]).tokens
    #expect(refresh?["active"] == true && refresh?["client_id"] == "grafana" && refresh?["scope"] == "openid profile")
    #expect(refresh?["sub"] == access?["sub"] && refresh?["token_type"] == nil)
    for token in [tokens.accessToken, tokens.refreshToken] {
      #expect(try await flow.introspect(token, other).tokens == ["active": false])
    }
  }

  @Test("what is no token, or none any more, is not active, and no more is said")
  func inactive() async throws {
    let flow = try await Flow.start()
    let tokens = try await flow.tokens()
    let second = try await flow.refresh(tokens.refreshToken)
    try await flow.world.sql("UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE generation = 1")
    for token in [
      "nonsense", "lkr_nonsense", tokens.tokens?["id_token"]?.string ?? "", tokens.accessToken + "x",
      tokens.refreshToken, second.refreshToken,
    ] {
      #expect(try await flow.introspect(token).tokens == ["active": false], "\(token.prefix(12))")
    }
  }

  @Test("an access token speaks for its client as long as it lives")
  func bearer() async throws {
    let flow = try await Flow.start { $0.isPublic = true }
    let tokens = try await flow.tokens()
    #expect(try await flow.introspect(tokens.accessToken, bearer: tokens.accessToken).tokens?["active"] == true)
    #expect(try await flow.introspect(tokens.refreshToken, bearer: tokens.accessToken).tokens?["active"] == true)
    #expect(try await flow.introspect(tokens.accessToken, bearer: "nonsense").error == "invalid_token")
    // A public client has proved nothing by its name.
    #expect(try await flow.introspect(tokens.accessToken).error == "invalid_client")
    #expect(try await flow.revoke(tokens.accessToken) == nil)
    #expect(try await flow.introspect(tokens.refreshToken, bearer: tokens.accessToken).error == "invalid_token")
    let stranger: [String: String?] = ["client_secret": "wrong", "client_id": "unknown"]
    #expect(try await flow.introspect("t", stranger).error == "invalid_client")
  }

  @Test("a revoked access token dies alone, for its own client only")
  func revokeAccessToken() async throws {
    let flow = try await Flow.start()
    let other = try await flow.otherClient()
    let tokens = try await flow.tokens()
    // RFC 7009 §2.1: refused, and said.
    #expect(try await flow.revoke(tokens.accessToken, other) == "invalid_grant")
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
    let id = RequestID()
    #expect(try await flow.revoke(tokens.accessToken, ["token_type_hint": "refresh_token"], id: id) == nil)
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    #expect(try await flow.isActive(tokens.accessToken) == false)
    #expect(try await flow.revoke(tokens.accessToken, id: id) == nil)
    #expect(try await flow.revoke(tokens.accessToken) == nil)
    #expect(try await flow.world.recorded(.tokenRevoked) == 1)
    let second = try await flow.refresh(tokens.refreshToken)
    #expect(try await flow.userInfo(second.accessToken).error == nil)
  }

  @Test("a revoked refresh token ends all that came of the grant; what the person agreed to stays")
  func revokeRefreshToken() async throws {
    let flow = try await Flow.start()
    let other = try await flow.otherClient()
    for used in [false, true] {
      let tokens = try await flow.tokens()
      let bystander = try await flow.tokens()
      let second = used ? try await flow.refresh(tokens.refreshToken) : tokens
      #expect(try await flow.revoke(tokens.refreshToken, other) == "invalid_grant")
      #expect(try await flow.isActive(second.refreshToken))
      #expect(try await flow.revoke(tokens.refreshToken, ["token_type_hint": "access_token"]) == nil)
      #expect(try await flow.revoke(tokens.refreshToken) == nil)
      #expect(try await flow.refresh(second.refreshToken).error == "invalid_grant")
      #expect(try await flow.userInfo(second.accessToken).error == "invalid_token")
      #expect(try await flow.refresh(bystander.refreshToken).error == nil)
    }
    #expect(try await flow.world.recorded(.tokenRevoked) == 2)
    // Nobody is asked again.
    guard case .redirect = try await flow.authorize() else {
      Issue.record("the consent is gone")
      return
    }
  }

  @Test("an unknown token is as good as revoked (RFC 7009 §2.2); who is no client is told so")
  func revokeUnknown() async throws {
    let flow = try await Flow.start()
    for token in ["nonsense", "lkr_nonsense"] { #expect(try await flow.revoke(token) == nil) }
    #expect(try await flow.revoke("t", ["client_secret": "wrong"]) == "invalid_client")
    #expect(try await flow.revoke("t", ["token": nil]) == "invalid_request")
    #expect(try await flow.world.recorded(.tokenRevoked) == 0)
  }
}
