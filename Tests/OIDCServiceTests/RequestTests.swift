import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import TestKit
import Testing

// What a request may ask for beside its code, from its parameters to what the tokens say.
@Suite struct RequestTests {
  private struct Surprise: Error {}

  private func interaction(_ flow: Flow, _ changes: [String: String?] = [:]) async throws -> InteractionID {
    guard case .interact(.stored(let id)) = try await flow.authorize(changes) else { throw Surprise() }
    return id
  }

  private func view(
    _ flow: Flow, _ id: InteractionID, byPage: Bool = true, as request: RequestID = RequestID()
  ) async throws -> OIDC.Progress {
    try await flow.world.otherOIDC.send(OIDC.ViewInteraction(id: id, byPage: byPage), flow.browser.call(id: request))
  }

  private func complete(_ flow: Flow, _ id: InteractionID, _ step: OIDC.Step) async throws -> OIDC.Progress {
    try await flow.world.oidc.send(OIDC.CompleteStep(id: id, step: step), flow.browser.call())
  }

  private func step(_ progress: OIDC.Progress) -> OIDC.Step? {
    if case .step(let interaction) = progress { interaction.currentStep } else { nil }
  }

  private func tokens(_ flow: Flow, _ changes: [String: String?] = [:]) async throws -> Flow.Answer {
    try await flow.exchange(try await flow.code(changes))
  }

  // MARK: Response modes

  @Test("form_post: the step that was the last issues nothing; the page that posts does, once")
  func formPost() async throws {
    let flow = try await Flow.start()
    let id = try await interaction(flow, ["response_mode": "form_post"])
    #expect(try await complete(flow, id, .consent) == .finishOnPage)
    #expect(try await view(flow, id, byPage: false) == .finishOnPage)
    #expect(try await flow.world.database.read(CodeCount()).first == 0)
    let request = RequestID()
    guard case .post(let form) = try await view(flow, id, as: request) else { throw Surprise() }
    #expect(form.url == Flow.redirectURI && form.client.name == "Grafana")
    #expect(form.fields.map(\.name) == ["code", "state", "iss"])
    #expect(Flow.fields(form)["state"] == "s1" && Flow.fields(form)["iss"] == World.appURL)
    #expect(try await view(flow, id, as: request) == .post(form), "the same request is given the same code")
    #expect(try await view(flow, id) == .gone(elsewhere: false))
    #expect(try await flow.exchange(Flow.fields(form)["code"] ?? "").error == nil)
    // Nothing is left to ask: the answer comes at once.
    guard case .post = try await flow.authorize(["response_mode": "form_post"]) else { throw Surprise() }
  }

  @Test("form_post: who declines, and what goes wrong, is told by a form too")
  func formPostErrors() async throws {
    let flow = try await Flow.start()
    let id = try await interaction(flow, ["response_mode": "form_post"])
    #expect(try await flow.world.oidc.send(OIDC.CancelInteraction(id: id), flow.browser.call()) == .finishOnPage)
    #expect(try await complete(flow, id, .consent) == .finishOnPage, "declining is final")
    guard case .post(let declined) = try await view(flow, id) else { throw Surprise() }
    #expect(Flow.fields(declined)["error"] == "access_denied" && Flow.fields(declined)["code"] == nil)
    #expect(try await view(flow, id) == .gone(elsewhere: false))
    for (changes, error) in [
      (["response_type": "token"], "unsupported_response_type"), (["prompt": "none"], "consent_required"),
      (["request": "x"], "request_not_supported"),
    ] as [([String: String?], String)] {
      let answer = try await flow.authorize(changes.merging(["response_mode": "form_post"]) { $1 })
      guard case .post(let form) = answer else {
        Issue.record("\(changes): \(answer)")
        continue
      }
      #expect(form.url == Flow.redirectURI && Flow.fields(form)["error"] == error)
      #expect(Flow.fields(form)["state"] == "s1" && Flow.fields(form)["iss"] == World.appURL)
    }
  }

  @Test("form_post at once, and the fragment")
  func otherModes() async throws {
    let flow = try await Flow.start { $0.skipConsent = true }
    guard case .post(let form) = try await flow.authorize(["response_mode": "form_post"]) else { throw Surprise() }
    #expect(Flow.fields(form)["code"] != nil)
    guard case .redirect(let location) = try await flow.authorize(["response_mode": "fragment"]) else {
      throw Surprise()
    }
    #expect(location.hasPrefix("\(Flow.redirectURI)#code="))
  }

  // MARK: Claims

  @Test("single claims: consent names their scope, and they stand where they were asked for (oidcc-claims-essential)")
  func claims() async throws {
    let flow = try await Flow.start()
    let claims = #"{"userinfo":{"name":{"essential":true}},"id_token":{"email":null,"phone_number":null}}"#
    let changes: [String: String?] = ["scope": "openid", "claims": claims]
    guard case .step(let shown) = try await view(flow, try await interaction(flow, changes)) else { throw Surprise() }
    #expect(shown.scopes == ["openid", "profile", "email"])
    let tokens = try await tokens(flow, changes)
    #expect(tokens.tokens?["scope"] == "openid")
    #expect(tokens.idToken?["email"] == "ada@example.com" && tokens.idToken?["name"] == nil)
    let userInfo = try await flow.userInfo(tokens.accessToken)
    #expect(userInfo.tokens?["name"] == "Ada Lovelace" && userInfo.tokens?["email"] == nil)
    #expect(try await self.tokens(flow, ["scope": "openid"]).idToken?["email"] == nil)
  }

  @Test("per client, what scopes release stands in userinfo alone (Core §5.4)")
  func userinfoOnly() async throws {
    let flow = try await Flow.start()
    #expect(try await tokens(flow).idToken?["email"] == "ada@example.com")
    try await flow.world.sql("UPDATE clients SET userinfo_only = true")
    let tokens = try await tokens(flow)
    #expect(tokens.idToken?["email"] == nil && tokens.idToken?["sub"] != nil)
    #expect(try await flow.userInfo(tokens.accessToken).tokens?["email"] == "ada@example.com")
  }

  // MARK: How somebody proved who they are

  @Test("an essential acr: a session by code steps up, and the token says all that was done")
  func stepUp() async throws {
    var flow = try await Flow.start()
    try await flow.world.sql("UPDATE sessions SET amr = '{otp}'")
    let essential = #"{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"#
    #expect(try await tokens(flow, ["acr_values": "phr"]).idToken?["acr"] == nil, "a voluntary one asks for nothing")
    let id = try await interaction(flow, ["claims": essential])
    #expect(step(try await view(flow, id)) == .reauthenticate)
    try await flow.browser.prove(.authorize(id))
    guard case .redirect(let location) = try await complete(flow, id, .reauthenticate) else { throw Surprise() }
    let token = try await flow.exchange(Flow.query(location)["code"] ?? "").idToken
    #expect(token?["acr"] == "phr" && token?["amr"] == ["otp", "phr", "pop", "user", "mfa"])
    #expect(try await flow.redirect(["claims": essential, "prompt": "none"])["error"] == "login_required")
  }

  @Test("an essential acr that nobody here has is refused, before anybody is asked for anything")
  func unmet() async throws {
    var flow = try await Flow.start()
    flow.browser.session = nil
    let claims = #"{"id_token":{"acr":{"essential":true,"value":"urn:mace:incommon:iap:silver"}}}"#
    let answer = try await flow.redirect(["claims": claims])
    #expect(answer["error"] == "unmet_authentication_requirements" && answer["state"] == "s1")
  }

  @Test("a proof without user verification says so: no user, no mfa")
  func unverifiedProof() async throws {
    var flow = try await Flow.start()
    try await flow.world.choose(["webauthnUserVerification": "preferred"])
    try await flow.world.sql("UPDATE sessions SET amr = '{otp}'")
    flow.browser.authenticator.flags = SoftAuthenticatorData.userPresent
    let id = try await interaction(flow, ["prompt": "login"])
    try await flow.browser.prove(.authorize(id))
    guard case .step = try await complete(flow, id, .reauthenticate) else { throw Surprise() }
    guard case .redirect(let location) = try await complete(flow, id, .consent) else { throw Surprise() }
    let token = try await flow.exchange(Flow.query(location)["code"] ?? "").idToken
    #expect(token?["amr"] == ["otp", "phr", "pop"] && token?["acr"] == "phr")
  }

  // MARK: Hints

  @Test("an id_token_hint of ours counts, expired too; none of ours is login_required where nobody may be asked")
  func hints() async throws {
    let flow = try await Flow.start()
    let hint = try #require(try await tokens(flow).tokens?["id_token"]?.string)
    #expect(try await flow.redirect(["prompt": "none", "id_token_hint": hint])["code"] != nil)
    let parts = hint.split(separator: ".").map(String.init)
    let none = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
    for forged in ["\(none).\(parts[1]).", "\(parts[0]).\(parts[1]).AAAA", "x", String(hint.dropLast(5))] {
      let answer = try await flow.redirect(["prompt": "none", "id_token_hint": forged])
      #expect(answer["error"] == "login_required" && answer["state"] == "s1")
      // Who can be asked is not locked out by a hint that has outlived its key.
      #expect(try await flow.redirect(["id_token_hint": forged])["code"] != nil)
    }
    // An access token is no ID token.
    let access = try await tokens(flow).accessToken
    #expect(try await flow.redirect(["prompt": "none", "id_token_hint": access])["error"] == "login_required")
  }

  @Test("what asks for nothing breaks nothing, and languages reach the page")
  func harmless() async throws {
    let flow = try await Flow.start()
    let id = try await interaction(
      flow,
      [
        "display": "popup", "ui_locales": "se zh-CN", "claims_locales": "se", "login_hint": "buffy@localhost",
        "acr_values": "1 2", "foo": "bar",
      ])
    guard case .step(let shown) = try await view(flow, id) else { throw Surprise() }
    #expect(shown.languages == ["se", "zh-CN"] && shown.currentStep == .consent)
  }

  // MARK: Offline access, consent, patterns

  @Test("offline_access is asked for once, recorded, and granted to the authorization")
  func offline() async throws {
    let flow = try await Flow.start()
    _ = try await flow.code()
    let changes = ["scope": "openid email offline_access"]
    guard case .step(let shown) = try await view(flow, try await interaction(flow, changes)) else { throw Surprise() }
    #expect(shown.currentStep == .consent && shown.scopes.contains("offline_access"))
    #expect(try await tokens(flow, changes).tokens?["scope"] == "openid email offline_access")
    guard case .redirect = try await flow.authorize(changes) else { throw Surprise() }
    #expect(try await flow.world.database.read(OfflineCount()).first == 2)
  }

  @Test("skipConsent skips everything but prompt=consent, which wants the button pressed each time")
  func skipConsent() async throws {
    let flow = try await Flow.start { $0.skipConsent = true }
    #expect(try await flow.redirect(["scope": "openid email profile offline_access"])["code"] != nil)
    for _ in 0..<2 {
      let id = try await interaction(flow, ["prompt": "consent"])
      #expect(step(try await view(flow, id)) == .consent)
      #expect(step(try await complete(flow, id, .authenticate)) == .consent)
      guard case .redirect = try await complete(flow, id, .consent) else { throw Surprise() }
    }
  }

  @Test("patterns count where the administrator chose them, for the answer and for the mismatch page")
  func patterns() async throws {
    let flow = try await Flow.start()
    let near = "https://eu.grafana.example.com/callback"
    try await flow.world.sql("UPDATE clients SET callback_urls = '{https://*.grafana.example.com/callback}'")
    #expect(try await flow.redirect(["redirect_uri": near])["page"] != nil)
    try await flow.world.sql("UPDATE clients SET callback_patterns = true")
    guard case .interact(.stored(let id)) = try await flow.authorize(["redirect_uri": near]) else { throw Surprise() }
    guard case .redirect(let location) = try await complete(flow, id, .consent) else { throw Surprise() }
    #expect(location.hasPrefix("\(near)?code="))
    let form = ["redirect_uri": near] as [String: String?]
    #expect(try await flow.exchange(Flow.query(location)["code"] ?? "", form).error == nil)
    for other in ["https://a.b.grafana.example.com/callback", "https://grafana.example.com/callback", "\(near)/"] {
      let message = OIDC.ExplainMismatch(parameters: flow.parameters(["redirect_uri": other]))
      #expect(try await flow.authorize(["redirect_uri": other]) == .page(.redirectURI(clientName: "Grafana")))
      guard case .mismatch(let mismatch) = try await flow.world.oidc.send(message, flow.browser.call())
      else { throw Surprise() }
      #expect(mismatch.registered.first?.differences == [other.hasSuffix("/") ? .trailingSlash : .host])
    }
    try await flow.world.sql("UPDATE clients SET callback_urls = '{*}'")
    #expect(try await flow.redirect(["redirect_uri": near])["page"] != nil, "a bare star was never imported")
    try await flow.world.sql("UPDATE clients SET imported = true")
    #expect(try await flow.redirect(["redirect_uri": near])["code"] != nil)
  }
}

private struct CodeCount: Statement {
  static let sql = "SELECT count(*) FROM grants"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}

private struct OfflineCount: Statement {
  static let sql = "SELECT count(*) FROM grants WHERE offline"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}
