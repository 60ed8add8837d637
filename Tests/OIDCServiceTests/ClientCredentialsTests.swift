import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct ClientCredentialsTests {
  @Test("a client gets a token of its own: no ID token, no refresh token, no scope about a person")
  func issued() async throws {
    let flow = try await Flow.start()
    let own = try await flow.own(["scope": "openid profile offline_access"])
    #expect(own.error == nil && own.tokens?["expires_in"] == 3600 && own.tokens?["token_type"] == "Bearer")
    #expect(own.tokens?["id_token"] == nil && own.tokens?["refresh_token"] == nil && own.tokens?["scope"] == "")
    #expect(own.accessClaims?["sub"] == "client-grafana" && own.accessClaims?["aud"] == ["grafana"])
    #expect(own.accessClaims?["client_id"] == "grafana" && own.accessClaims?["scope"] == nil)
    #expect(try await flow.own().tokens?["scope"] == "")
  }

  @Test("the same request is given the same token, another a different one")
  func replay() async throws {
    let flow = try await Flow.start()
    let id = RequestID()
    let first = try await flow.own(id: id)
    #expect(try await flow.own(id: id).accessClaims?["jti"] == first.accessClaims?["jti"])
    #expect(try await flow.own().accessClaims?["jti"] != first.accessClaims?["jti"])
  }

  @Test("a public client, and a wrong secret, get none")
  func refusals() async throws {
    let flow = try await Flow.start()
    let open = try await flow.otherClient("open") { $0.isPublic = true }
    #expect(try await flow.own(open).error == "unauthorized_client")
    #expect(try await flow.own(["client_secret": "wrong"]).error == "invalid_client")
    #expect(try await flow.own(["client_secret": nil]).error == "invalid_client")
  }

  // GHSA-q4xm-p75h-h9p3: audience confusion.
  @Test("such a token is good for nothing of ours", arguments: ["other", World.appURL])
  func audienceConfusion(_ id: String) async throws {
    let flow = try await Flow.start()
    // No administrator can name a client like the issuer: this one came some other way.
    try await flow.world.sql(
      """
      INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
        requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
      VALUES ('\(id)', 'Other', '{}', '{}', false, false, false, false, 60, 60);
      INSERT INTO client_secrets (id, client_id, algorithm, hash, prefix)
      VALUES (gen_random_uuid(), '\(id)', 'sha256', sha256('another'::bytea), 'anot')
      """)
    let other: [String: String?] = ["client_id": id, "client_secret": "another"]
    let own = try await flow.own(other)
    #expect(own.error == nil && own.accessClaims?["aud"] == [.string(id)])
    #expect(try await flow.userInfo(own.accessToken).error == "invalid_token")
    // Only its own client is told that it lives.
    #expect(try await flow.isActive(own.accessToken) == false)
    #expect(try await flow.introspect(own.accessToken, other).tokens?["active"] == true)
    // Nor does it prove that it is anybody else.
    let tokens = try await flow.tokens()
    #expect(try await flow.introspect(tokens.accessToken, bearer: own.accessToken).tokens == ["active": false])
  }

  @Test("it lives while its client does, until it is taken back")
  func life() async throws {
    let flow = try await Flow.start()
    let (one, two) = (try await flow.own(), try await flow.own())
    #expect(try await flow.isActive(one.accessToken))
    #expect(try await flow.revoke(one.accessToken) == nil)
    #expect(try await flow.isActive(one.accessToken) == false)
    #expect(try await flow.isActive(two.accessToken))
    try await flow.world.sql("DELETE FROM clients")
    #expect(try await flow.introspect(two.accessToken, bearer: two.accessToken).error == "invalid_token")
  }
}
