import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct CodeFlowTests {
  @Test("sign in, consent, code, tokens, userinfo; a code of one process is redeemed at the other")
  func mainPath() async throws {
    let flow = try await Flow.start()
    let answer = try await flow.redirect()
    #expect(answer["state"] == "s1")
    #expect(answer["iss"] == World.appURL)
    let tokens = try await flow.exchange(answer["code"] ?? "", at: flow.world.otherOIDC)
    #expect(tokens.error == nil)
    #expect(tokens.idToken?["nonce"] == "n1")
    #expect(tokens.idToken?["email"] == "ada@example.com")
    #expect(tokens.idToken?["amr"] == ["phr", "pop", "user", "mfa"])
    let claims = try await flow.userInfo(tokens.accessToken)
    #expect(claims.tokens?["sub"] == tokens.idToken?["sub"])
    #expect(claims.tokens?["email"] == "ada@example.com")
    // The second time nobody is asked.
    guard case .redirect = try await flow.authorize() else {
      Issue.record("consent was asked for twice")
      return
    }
  }

  @Test("codes of an hour are bounded for each person; the app hears why, and a repeated request gets its code again")
  func often() async throws {
    let flow = try await Flow.start()
    _ = try await flow.redirect()
    let id = RequestID()
    guard case .redirect(let first) = try await flow.authorize(id: id) else {
      Issue.record("no code")
      return
    }
    try await flow.world.sql(
      """
      INSERT INTO audit_log (id, event, user_id, address, user_agent, data, request_id)
      SELECT gen_random_uuid(), event, user_id, '', '', '{}', '\\x00'
      FROM audit_log, generate_series(1, 1500) WHERE event = 'CLIENT_AUTHORIZATION'
      """)
    guard case .redirect(let refused) = try await flow.authorize() else {
      Issue.record("it was not the app that heard")
      return
    }
    #expect(refused.contains("error=temporarily_unavailable") && refused.contains("state=s1"))
    guard case .redirect(let again) = try await flow.authorize(id: id) else {
      Issue.record("the repeated request was counted")
      return
    }
    #expect(again == first)
    try await flow.world.sql("UPDATE audit_log SET created_at = created_at - interval '1 hour'")
    guard case .redirect(let later) = try await flow.authorize() else {
      Issue.record("the hour is over")
      return
    }
    #expect(later.contains("code="))
  }

  @Test("a code presented again by its owner ends what it gave")
  func reuse() async throws {
    let flow = try await Flow.start()
    let code = try await flow.code()
    let first = try await flow.exchange(code)
    #expect(try await flow.userInfo(first.accessToken).error == nil)
    #expect(try await flow.exchange(code).error == "invalid_grant")
    #expect(try await flow.userInfo(first.accessToken).error == "invalid_token")
  }

  @Test("the same token request, sent again, is given the same tokens and ends nothing")
  func replay() async throws {
    let flow = try await Flow.start()
    let code = try await flow.code()
    let id = RequestID()
    let first = try await flow.exchange(code, id: id)
    let again = try await flow.exchange(code, at: flow.world.otherOIDC, id: id)
    #expect(again.error == nil)
    #expect(again.idToken?["jti"] == first.idToken?["jti"])
    #expect(try await flow.userInfo(first.accessToken).error == nil)
  }

  @Test("the same code sent to two processes at once is redeemed once at most")
  func race() async throws {
    // Who comes second ends what came of the first, whose repeated request is then told so.
    let flow = try await Flow.start(losesAnswers: false)
    for _ in 0..<10 {
      let code = try await flow.code()
      async let one = flow.exchange(code)
      async let two = flow.exchange(code, at: flow.world.otherOIDC)
      let errors = try await [one.error, two.error]
      #expect(errors.filter { $0 == nil }.count == 1, "\(errors)")
    }
  }

  @Test("the same authorization request, sent again, is given the same code")
  func authorizeReplay() async throws {
    let flow = try await Flow.start { $0.skipConsent = true }
    let id = RequestID()
    let first = try await flow.authorize(id: id)
    #expect(try await flow.authorize(id: id) == first)
    #expect(try await flow.authorize() != first)
  }

  // CVE-2026-28513: each of these refuses on its own, and together.
  @Test(
    "another client's code and an expired code are refused, alone and together",
    arguments: [(false, false), (true, false), (false, true), (true, true)])
  func clientAndExpiry(otherClient: Bool, expired: Bool) async throws {
    let flow = try await Flow.start()
    var settings = Admin.ClientSettings(name: "Other", callbackURLs: [Flow.redirectURI])
    settings.pkceEnabled = true
    let (_, otherSecret) = try await flow.browser.createClient(id: "other", settings)
    let code = try await flow.code()
    if expired {
      try await flow.world.sql("UPDATE grants SET code_expires_at = now() - interval '1 second'")
    }
    let changes: [String: String?] =
      otherClient ? ["client_id": "other", "client_secret": otherSecret?.exposed] : [:]
    let answer = try await flow.exchange(code, changes)
    #expect(answer.error == (otherClient || expired ? "invalid_grant" : nil))
    // Whoever it was refused to, its owner can still redeem it while it lives.
    if otherClient, !expired { #expect(try await flow.exchange(code).error == nil) }
  }

  @Test(
    "a token request that does not fit is refused for its reason, and the code stays its owner's",
    arguments: [
      (["code_verifier": "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"], "invalid_grant"),
      (["code_verifier": nil], "invalid_grant"),
      (["redirect_uri": "https://grafana.example.com/other"], "invalid_grant"),
      (["redirect_uri": nil], "invalid_grant"),
      (["client_secret": "wrong"], "invalid_client"),
      (["client_secret": nil], "invalid_client"),
      (["client_id": "unknown"], "invalid_client"),
      (["grant_type": "password"], "unsupported_grant_type"),
      (["grant_type": nil], "invalid_request"),
      (["code": "unknown"], "invalid_grant"),
      (["code": nil], "invalid_request"),
    ] as [([String: String?], String)])
  func refusals(changes: [String: String?], error: String) async throws {
    let flow = try await Flow.start()
    let code = try await flow.code()
    #expect(try await flow.exchange(code, changes).error == error)
    #expect(try await flow.exchange(code).error == nil)
  }

  @Test("a verifier without a challenge is refused; without either, a confidential client may do without PKCE")
  func withoutPKCE() async throws {
    let flow = try await Flow.start()
    let none: [String: String?] = ["code_challenge": nil, "code_challenge_method": nil]
    #expect(try await flow.exchange(try await flow.code(none)).error == "invalid_grant")
    #expect(try await flow.exchange(try await flow.code(none), ["code_verifier": nil]).error == nil)
  }

  @Test("a public client must use PKCE, and needs no secret")
  func publicClient() async throws {
    let flow = try await Flow.start { $0.isPublic = true }
    let answer = try await flow.redirect(["code_challenge": nil, "code_challenge_method": nil])
    #expect(answer["error"] == "invalid_request")
    #expect(answer["error_description"]?.contains("code_challenge_method=S256") == true)
    #expect(try await flow.exchange(try await flow.code()).error == nil)
  }

  @Test("a token dies with its user, its client or what was agreed to")
  func validityIsRead() async throws {
    for death in [
      "UPDATE users SET disabled = true", "DELETE FROM clients", "DELETE FROM consents",
      "UPDATE consents SET created_at = now() + interval '1 second'", "UPDATE grants SET ended_at = now()",
    ] {
      let flow = try await Flow.start()
      let tokens = try await flow.exchange(try await flow.code())
      #expect(try await flow.userInfo(tokens.accessToken).error == nil)
      try await flow.world.sql(death)
      #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token", "\(death)")
    }
  }

  @Test("userinfo refuses what is no access token of ours")
  func userInfoRefusals() async throws {
    let flow = try await Flow.start()
    let tokens = try await flow.exchange(try await flow.code())
    #expect(try await flow.userInfo(tokens.tokens?["id_token"]?.string).error == "invalid_token")
    #expect(try await flow.userInfo("nonsense").error == "invalid_token")
    let parts = tokens.accessToken.split(separator: ".")
    #expect(try await flow.userInfo("\(parts[0]).\(parts[1]).AAAA").error == "invalid_token")
    #expect(try await flow.userInfo(nil).error == nil)
    #expect(try await flow.userInfo(nil).tokens == nil)
  }
}
