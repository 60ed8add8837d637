import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Testing

@Suite struct RefreshTokenTests {
  @Test("every user grant gives a refresh token, which gives new tokens and its successor, at either process")
  func rotation() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens(["scope": "openid email profile"])
    #expect(first.refreshToken.hasPrefix("lkr_") && first.refreshToken.count == 47)
    let second = try await flow.refresh(first.refreshToken, at: flow.world.otherOIDC)
    #expect(second.error == nil && second.tokens?["token_type"] == "Bearer" && second.tokens?["expires_in"] == 3600)
    #expect(second.refreshToken.hasPrefix("lkr_") && second.refreshToken != first.refreshToken)
    #expect(second.accessToken != first.accessToken && second.tokens?["scope"] == "openid email profile")
    #expect(try await flow.userInfo(second.accessToken).tokens?["email"] == "ada@example.com")
    #expect(try await flow.refresh(second.refreshToken).error == nil)
    // What was given before is as good as it was.
    #expect(try await flow.userInfo(first.accessToken).error == nil)
    // Without openid there is a refresh token too.
    #expect(try await flow.tokens(["scope": "email"]).refreshToken.count == 47)
  }

  @Test("the ID token of a refresh is about the same sign-in, is newer and has no nonce (Core §12.2)")
  func idToken() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    try await flow.world.sql("UPDATE users SET email = 'new@example.com'")
    let second = try await flow.refresh(first.refreshToken)
    for name in ["iss", "sub", "aud", "auth_time", "sid", "amr", "acr"] {
      #expect(second.idToken?[name] == first.idToken?[name] && first.idToken?[name] != nil, "\(name)")
    }
    #expect(second.idToken?["nonce"] == nil && second.idToken?["azp"] == nil && second.idToken?["at_hash"] != nil)
    #expect(second.idToken?["jti"] != first.idToken?["jti"])
    #expect(second.idToken?["email"] == "new@example.com")
    for name in ["auth_time", "amr", "acr"] { #expect(second.accessClaims?[name] == first.accessClaims?[name]) }
  }

  @Test("a lost answer is given again to the same authentication, until the successor is used")
  func lostAnswer() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    let second = try await flow.refresh(first.refreshToken)
    let again = try await flow.refresh(first.refreshToken, at: flow.world.otherOIDC)
    #expect(again.error == nil && again.refreshToken == second.refreshToken)
    #expect(again.accessClaims?["jti"] == second.accessClaims?["jti"])
    #expect(again.idToken?["jti"] == second.idToken?["jti"])
    #expect(try await flow.refresh(second.refreshToken).error == nil)
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_grant")
    #expect(try await flow.world.recorded(.tokenReused) == 1)
  }

  @Test(
    "whatever comes later, or is proven otherwise, is reuse: the family ends, and the record says so once",
    arguments: [true, false])
  func reuse(late: Bool) async throws {
    let flow = try await Flow.start()
    try await flow.world.sql(
      """
      INSERT INTO client_secrets (id, client_id, algorithm, hash, prefix)
      VALUES (gen_random_uuid(), 'grafana', 'sha256', sha256('another'::bytea), 'anot')
      """)
    let first = try await flow.tokens()
    let second = try await flow.refresh(first.refreshToken)
    if late { try await flow.world.sql("UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds'") }
    let otherwise: [String: String?] = late ? [:] : ["client_secret": "another"]
    #expect(try await flow.refresh(first.refreshToken, otherwise).error == "invalid_grant")
    #expect(try await flow.refresh(second.refreshToken).error == "invalid_grant")
    #expect(try await flow.userInfo(second.accessToken).error == "invalid_token")
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_grant")
    let entries = try await flow.world.recorded().filter { $0.event == "TOKEN_REUSED" }
    #expect(entries.count == 1 && entries.first?.username == "ada")
    #expect(entries.first?.data.contains("refresh token was used before") == true)
  }

  @Test("the same request, sent again, is given the same tokens whatever happened since")
  func replay() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    let id = RequestID()
    let second = try await flow.refresh(first.refreshToken, id: id)
    _ = try await flow.refresh(second.refreshToken)
    try await flow.world.sql("UPDATE refresh_tokens SET used_at = used_at - interval '5 minutes' WHERE generation = 0")
    let again = try await flow.refresh(first.refreshToken, at: flow.world.otherOIDC, id: id)
    #expect(again.error == nil && again.refreshToken == second.refreshToken)
    #expect(try await flow.world.recorded(.tokenReused) == 0)
  }

  @Test("many at once, at two processes, get one successor")
  func race() async throws {
    let flow = try await Flow.start()
    for _ in 0..<5 {
      let first = try await flow.tokens()
      let answers = try await withThrowingTaskGroup(of: Flow.Answer.self) { group in
        for index in 0..<8 {
          group.addTask {
            try await flow.refresh(first.refreshToken, at: index % 2 == 0 ? flow.world.oidc : flow.world.otherOIDC)
          }
        }
        return try await group.reduce(into: [Flow.Answer]()) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.error == nil }, "\(answers.map(\.error))")
      #expect(Set(answers.map(\.refreshToken)).count == 1)
    }
    #expect(try await flow.world.database.read(Generations()) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
  }

  // CVE-2026-28513: each of these refuses on its own, and together.
  @Test(
    "another client's token and an expired one are refused, alone and together",
    arguments: [(false, false), (true, false), (false, true), (true, true)])
  func clientAndExpiry(otherClient: Bool, expired: Bool) async throws {
    let flow = try await Flow.start()
    let other = try await flow.otherClient()
    let first = try await flow.tokens()
    if expired { try await flow.world.sql("UPDATE refresh_tokens SET expires_at = now() - interval '1 second'") }
    let answer = try await flow.refresh(first.refreshToken, otherClient ? other : [:])
    #expect(answer.error == (otherClient || expired ? "invalid_grant" : nil))
    // Whoever it was refused to, its owner can still use it while it lives.
    if otherClient, !expired { #expect(try await flow.refresh(first.refreshToken).error == nil) }
    if otherClient {
      let refusals = try await flow.world.recorded().filter { $0.event == "TOKEN_REFUSED" }
      #expect(refusals.first?.userID == nil && refusals.first?.data.contains("not given to this client") == true)
    }
  }

  @Test(
    "a refresh that does not fit is refused for its reason, and the token stays its owner's",
    arguments: [
      (["client_secret": "wrong"], "invalid_client"), (["client_secret": nil], "invalid_client"),
      (["client_id": "unknown"], "invalid_client"), (["refresh_token": nil], "invalid_request"),
      (["refresh_token": "lkr_unknown"], "invalid_grant"), (["scope": "openid profile"], "invalid_scope"),
    ] as [([String: String?], String)])
  func refusals(changes: [String: String?], error: String) async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    #expect(try await flow.refresh(first.refreshToken, changes).error == error)
    #expect(try await flow.refresh(first.refreshToken).error == nil)
  }

  @Test("a narrowed scope is the access token's alone: the next refresh has all that was granted")
  func narrowed() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    let narrow = try await flow.refresh(first.refreshToken, ["scope": "openid"])
    #expect(narrow.tokens?["scope"] == "openid" && narrow.accessClaims?["scope"] == "openid")
    #expect(narrow.idToken != nil && narrow.idToken?["email"] == nil)
    #expect(try await flow.userInfo(narrow.accessToken).tokens?["email"] == nil)
    let without = try await flow.refresh(narrow.refreshToken, ["scope": "email"])
    #expect(without.error == nil && without.tokens?["id_token"] == nil)
    #expect(try await flow.refresh(without.refreshToken).tokens?["scope"] == "openid email")
  }

  @Test("a public client's token rotates without a secret")
  func publicClient() async throws {
    let flow = try await Flow.start { $0.isPublic = true }
    let first = try await flow.tokens()
    let second = try await flow.refresh(first.refreshToken)
    #expect(second.error == nil)
    #expect(try await flow.refresh(first.refreshToken).refreshToken == second.refreshToken)
    #expect(try await flow.refresh(second.refreshToken).error == nil)
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_grant")
  }

  @Test("lifetimes are the client's as they are now, and the family stays for as long as its youngest token")
  func lifetimes() async throws {
    let flow = try await Flow.start { $0.refreshTokenDurationMinutes = 120 }
    let first = try await flow.tokens()
    #expect(try await flow.world.database.read(Minutes()) == [120, 120])
    try await flow.world.sql("UPDATE clients SET refresh_token_minutes = 600, access_token_minutes = 5")
    let second = try await flow.refresh(first.refreshToken)
    #expect(second.tokens?["expires_in"] == 300)
    #expect(try await flow.world.database.read(Minutes()) == [600, 600])
  }

  @Test("a code used twice ends its refresh token too")
  func codeReuse() async throws {
    let flow = try await Flow.start()
    let code = try await flow.code()
    let first = try await flow.exchange(code)
    #expect(try await flow.exchange(code).error == "invalid_grant")
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_grant")
    #expect(try await flow.world.recorded(.tokenReused) == 1)
  }
}

/// Which generations there are.
private struct Generations: Statement {
  static let sql = "SELECT generation FROM refresh_tokens ORDER BY generation"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int32 { try row.next() }
}

/// In how many minutes the youngest refresh token, and its authorization, expire.
private struct Minutes: Statement {
  static let sql = """
    SELECT round(extract(epoch FROM max(r.expires_at) - now()) / 60)::int FROM refresh_tokens r
    UNION ALL SELECT round(extract(epoch FROM max(a.expires_at) - now()) / 60)::int FROM grants a
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Int32 { try row.next() }
}
