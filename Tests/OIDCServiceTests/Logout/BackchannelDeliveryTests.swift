import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import OIDCService
import ServiceKit
import ServiceWorld
import Testing

@Suite("Telling apps' servers")
struct BackchannelDeliveryTests {
  private struct Surprise: Error {}

  /// Somebody who has signed out of an app that is to be told.
  private func left(sessions: Int = 1) async throws -> (Flow, Flow.Answer) {
    var (flow, tokens) = try await Flow.signedIn()
    for count in 1...sessions {
      if count > 1 {
        try await flow.browser.signIn()
        tokens = try await flow.exchange(try await flow.code())
      }
      _ = try await flow.world.auth.send(Auth.SignOut(), flow.browser.call())
    }
    return (flow, tokens)
  }

  /// As an app verifies it: by the published keys.
  private func verified(_ token: String, _ world: World) async throws -> [String: JSONValue] {
    let set = try await world.oidc.send(OIDC.Keys(), world.call())
    let keys = (try JSONValue(json: Array(set.body)).object?["keys"]?.array ?? []).compactMap { PublicJWK($0) }
      .compactMap { try? VerificationKey(jwk: $0) }
    return try JWS.verify(token, type: "logout+jwt", keys: keys)
  }

  @Test("the app is told once, with a token that is good for two minutes and names person and session")
  func told() async throws {
    let (flow, tokens) = try await left()
    let app = FakeApp()
    for process in 0...1 { await flow.world.backchannel(app, at: process).deliverDue() }
    #expect(app.addresses == [Flow.backchannel])
    let claims = try await verified(try #require(app.tokens.first), flow.world)
    #expect(claims["iss"]?.string == World.appURL && claims["aud"]?.string == "grafana" && claims["nonce"] == nil)
    #expect(claims["sid"]?.string == tokens.sid && claims["sub"]?.string == tokens.idToken?["sub"]?.string)
    let (issued, expires) = (claims["iat"]?.integer ?? 0, claims["exp"]?.integer ?? 0)
    #expect(expires - issued == 120 && abs(Date().timeIntervalSince1970 - Double(issued)) < 30)
    #expect(claims["events"]?.object?["http://schemas.openid.net/event/backchannel-logout"]?.object == [:])
    let row = try #require(try await flow.world.notices().first)
    #expect(row.delivered && row.attempts == 1 && row.error == nil)
  }

  @Test("the token is signed as the client has its ID tokens", arguments: ["ES256", "RS256", "EdDSA"])
  func algorithm(_ name: String) async throws {
    let (flow, _) = try await left()
    try await flow.world.sql("UPDATE clients SET id_token_alg = '\(name)'")
    let app = FakeApp()
    await flow.world.backchannel(app).deliverDue()
    let header = try #require(app.tokens.first?.split(separator: ".").first)
    let json = try JSONValue(json: try #require(Base64URL.decode(String(header)))).object
    #expect(json?["alg"]?.string == name && json?["typ"]?.string == "logout+jwt")
    _ = try await verified(try #require(app.tokens.first), flow.world)
  }

  @Test(
    "what may be registered can be called",
    arguments: [
      "https://app.example/out?a=b", "http://10.0.0.7:8080", "http://my_app:3000/x%20y", "https://[2001:db8::1]:8443/",
      "https://app.example./out", "http://localhost/~a;b=c/@d", "https://APP.example/out?x=[1]&y=a|b",
    ])
  func callable(_ address: String) {
    guard (try? LogoutURI.validated(address, .back, isPublic: false, callbackURLs: [])) != nil else { return }
    #expect(OutboundURL(address) != nil)
  }

  @Test("an app that is down is told when it is back, each time with another token")
  func down() async throws {
    let (flow, _) = try await left()
    let app = FakeApp { _ in .silent }
    await flow.world.backchannel(app).deliverDue()
    let waiting = try #require(try await flow.world.notices().first)
    #expect(!waiting.failed && waiting.error == "timedOut" && (1...5).contains(waiting.waitsSeconds))
    try await flow.world.sql("UPDATE outbox SET due_at = now()")
    let back = FakeApp()
    await flow.world.backchannel(back, at: 1).deliverDue()
    #expect(back.tokens.count == 1 && back.tokens != app.tokens)
    #expect(try await flow.world.notices().map(\.delivered) == [true])
  }

  @Test("an app that refuses is not asked again, and what it said is kept")
  func refused() async throws {
    let (flow, _) = try await left()
    let app = FakeApp { _ in .refused }
    for _ in 0..<2 { await flow.world.backchannel(app).deliverDue() }
    let row = try #require(try await flow.world.notices().first)
    #expect(app.tokens.count == 1 && row.failed && row.error == "refused: invalid_request")
  }

  @Test("what waits for an app that does not answer waits together, and goes at once when it does")
  func together() async throws {
    let (flow, _) = try await left(sessions: 12)
    let app = FakeApp { _ in .busy }
    await flow.world.backchannel(app).deliverDue()
    // As many as a process delivers at once, and not one after the other.
    #expect(app.tokens.count <= 8)
    let waiting = try await flow.world.notices()
    #expect(waiting.count == 12 && waiting.allSatisfy { !$0.delivered && $0.waitsSeconds > 1 })
    try await flow.world.sql(
      """
      UPDATE outbox SET due_at = now()
      WHERE id = (SELECT id FROM outbox WHERE kind = 'backchannel_logout' ORDER BY id LIMIT 1)
      """)
    let back = FakeApp()
    await flow.world.backchannel(back).deliverDue()
    #expect(back.tokens.count == 12)
    #expect(try await flow.world.notices().allSatisfy(\.delivered))
  }

  @Test("an app that is down holds up no other")
  func others() async throws {
    let (flow, _) = try await left(sessions: 12)
    try await flow.world.sql(
      """
      INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
        requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes, backchannel_logout_uri)
      VALUES ('other', 'Other', '{}', '{}', false, true, false, false, 60, 60, 'https://other.example/out');
      INSERT INTO outbox (id, service, kind, user_id, client_id, session_id, sealed, useful_until)
      VALUES (gen_random_uuid(), 'oidc', 'backchannel_logout', gen_random_uuid(), 'other', gen_random_uuid(), '',
        now() + interval '1 day')
      """)
    let app = FakeApp { address in address.contains("other") ? .taken : .busy }
    await flow.world.backchannel(app).deliverDue()
    #expect(app.addresses.contains("https://other.example/out"))
  }

  @Test("two instances side by side deliver each of many notices exactly once")
  func twoInstances() async throws {
    let (flow, _) = try await left(sessions: 10)
    let app = FakeApp { _ in
      for _ in 0..<5 { await Task.yield() }
      return .taken
    }
    let (one, other) = (flow.world.backchannel(app, at: 0), flow.world.backchannel(app, at: 1))
    async let first: Void = one.deliverDue()
    async let second: Void = other.deliverDue()
    _ = await (first, second)
    #expect(app.tokens.count == 10)
    #expect(try await flow.world.notices().allSatisfy { $0.delivered && $0.attempts == 1 })
  }

  @Test("a claim of an instance that was killed runs out, and another delivers")
  func killed() async throws {
    let (flow, _) = try await left()
    try await flow.world.sql(
      """
      UPDATE outbox SET leased_until = now() + interval '1 minute', leased_by = gen_random_uuid(), attempts = 1
      WHERE kind = 'backchannel_logout'
      """)
    let app = FakeApp()
    await flow.world.backchannel(app).deliverDue()
    #expect(app.tokens.isEmpty, "it is another's")
    try await flow.world.sql("UPDATE outbox SET leased_until = now()")
    await flow.world.backchannel(app).deliverDue()
    #expect(app.tokens.count == 1)
  }

  @Test("what nobody can be told any more is given up with the reason")
  func givenUp() async throws {
    for (change, error) in [
      ("UPDATE clients SET backchannel_logout_uri = NULL", "removed"), ("DELETE FROM clients", "removed"),
      ("UPDATE outbox SET useful_until = now()", "expired"),
    ] {
      let (flow, _) = try await left()
      try await flow.world.sql(change)
      let app = FakeApp()
      await flow.world.backchannel(app).deliverDue()
      let row = try #require(try await flow.world.notices().first)
      #expect(app.tokens.isEmpty && row.failed && row.error == error)
    }
  }

  @Test("a new notice wakes the deliverer, long before its next round")
  func woken() async throws {
    let (flow, _) = try await Flow.signedIn()
    let app = FakeApp()
    let delivery = flow.world.backchannel(app)
    let running = Task { await delivery.run() }
    // Its first round is over when the notice that it finds is delivered.
    _ = try await flow.world.auth.send(Auth.SignOut(), flow.browser.call())
    #expect(try await flow.world.notices { $0.map(\.delivered) == [true] })
    running.cancel()
    await running.value
  }

  @Test("administrators see how it stands and try again; nobody else does")
  func administrators() async throws {
    var (flow, _) = try await left(sessions: 2)
    await flow.world.backchannel(FakeApp { _ in .busy }).deliverDue()
    // The one that waits on is one that was tried: where an app does not answer, a round need not try all.
    try await flow.world.sql(
      """
      UPDATE outbox SET failed_at = now()
      WHERE id = (SELECT id FROM outbox WHERE kind = 'backchannel_logout' ORDER BY attempts, id LIMIT 1)
      """)
    let get = OIDC.GetLogoutNotices(clientID: "grafana")
    #expect(try await flow.world.oidc.send(get, flow.browser.call()) == .denied(.notSignedIn))
    try await flow.browser.signIn()
    guard case .notices(let notices) = try await flow.world.oidc.send(get, flow.browser.call()) else {
      throw Surprise()
    }
    #expect(notices.isSet && notices.waiting == 1 && notices.failed == 1 && notices.toldAt == nil)
    #expect(notices.trouble == OIDC.LogoutNotices.Trouble(.status, "503") && notices.nextAttempt != nil)
    let retry = OIDC.RetryLogoutNotices(clientID: "grafana")
    let id = RequestID()
    #expect(try await flow.world.oidc.send(retry, flow.browser.call(id: id)) == .retried(count: 2))
    await flow.world.backchannel(FakeApp { _ in .busy }).deliverDue()
    #expect(try await flow.world.otherOIDC.send(retry, flow.browser.call(id: id)) == .retried(count: 2))
    #expect(
      try await flow.world.notices().allSatisfy { $0.waitsSeconds > 1 }, "a repeated request tries nothing again")
    #expect(try await flow.world.oidc.send(retry, flow.browser.call()) == .retried(count: 2))
    await flow.world.backchannel(FakeApp()).deliverDue()
    guard case .notices(let after) = try await flow.world.oidc.send(get, flow.browser.call()) else {
      throw Surprise()
    }
    #expect(after.waiting == 0 && after.failed == 0 && after.trouble == nil && after.toldAt != nil)
    #expect(try await flow.world.oidc.send(OIDC.GetLogoutNotices(clientID: "x"), flow.browser.call()) == .notFound)
    #expect(try await flow.world.oidc.send(OIDC.RetryLogoutNotices(clientID: "x"), flow.browser.call()) == .notFound)
  }
}
