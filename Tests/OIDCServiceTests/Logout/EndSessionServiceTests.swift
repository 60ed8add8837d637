import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceWorld
import Testing

@Suite("The end-session endpoint")
struct EndSessionServiceTests {
  private struct Surprise: Error {}

  private func ask(
    _ flow: Flow, hint: String?, state: String? = "s1", uri: String? = Flow.signedOut, client: String? = nil,
    call: Call? = nil
  ) async throws -> OIDC.Leaving {
    let fields = [
      ("id_token_hint", hint), ("post_logout_redirect_uri", uri), ("state", state), ("client_id", client),
    ].compactMap { name, value in value.map { FormField(name, $0) } }
    return try await flow.world.otherOIDC.send(OIDC.EndSession(parameters: fields), call ?? flow.browser.call())
  }

  private func confirm(_ flow: Flow, _ confirmation: Secret?, call: Call? = nil) async throws -> OIDC.Leaving {
    try await flow.world.oidc.send(OIDC.ConfirmEndSession(confirmation: confirmation), call ?? flow.browser.call())
  }

  @Test("a hint of this session ends it, names the app, its address with the state, and the frames of the apps used")
  func proven() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    guard case .end(let farewell) = try await ask(flow, hint: tokens.rawIDToken) else { throw Surprise() }
    #expect(farewell.destination == Flow.signedOut + "?state=s1" && farewell.link == nil)
    #expect(farewell.app?.name == "Grafana" && farewell.app?.returnsTo == "https://grafana.example.com")
    let frame = Flow.frontchannel + "&iss=http%3A%2F%2Flocalhost%3A1411&sid=" + tokens.sid
    #expect(farewell.frames == [.init(location: frame, origin: "https://grafana.example.com")])
  }

  @Test("a hint whose key's time is over ends the session all the same")
  func afterRotation() async throws {
    var (flow, tokens) = try await Flow.signedIn()
    _ = try await flow.rotate("RS256")
    try await flow.world.sql("UPDATE signing_keys SET verifies_until = now() WHERE state = 'retired'")
    _ = try await flow.rotate("EdDSA")
    // At the process that knows of it: the other one would still publish the key.
    let fields = [FormField("id_token_hint", tokens.rawIDToken), FormField("post_logout_redirect_uri", Flow.signedOut)]
    guard
      case .end(let farewell) = try await flow.world.oidc.send(OIDC.EndSession(parameters: fields), flow.browser.call())
    else { throw Surprise() }
    #expect(farewell.destination == Flow.signedOut)
  }

  @Test("an app that was not used in this session is not framed")
  func notUsed() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    var settings = Admin.ClientSettings(name: "Other", callbackURLs: ["https://other.example/cb"])
    settings.frontchannelLogoutURI = "https://other.example/out"
    _ = try await flow.browser.createClient(id: "other", settings)
    guard case .end(let farewell) = try await ask(flow, hint: tokens.rawIDToken) else { throw Surprise() }
    #expect(farewell.frames.map(\.origin) == ["https://grafana.example.com"])
  }

  @Test(
    "a hint that is another kind of token of ours, changed or unsigned, is none: the person is asked, and stays here")
  func badHints() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    let parts = tokens.rawIDToken.split(separator: ".").map(String.init)
    let none = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
    for hint in [
      tokens.accessToken, "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])",
      "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))", "x", "",
    ] {
      guard case .ask(let question) = try await ask(flow, hint: hint) else { throw Surprise() }
      #expect(question.user.username == "ada" && question.app == nil)
      guard case .end(let farewell) = try await confirm(flow, question.confirmation) else { throw Surprise() }
      #expect(farewell.destination == nil && farewell.link == nil && farewell.isUnproven == true)
      #expect(farewell.frames.count == 1, "apps are told however one leaves")
    }
  }

  @Test("without a hint the person is asked, and a yes or a no leads to what is registered for the app that was named")
  func withoutHint() async throws {
    let (flow, _) = try await Flow.signedIn()
    guard case .ask(let question) = try await ask(flow, hint: nil, client: "grafana") else { throw Surprise() }
    #expect(question.app?.name == "Grafana" && question.back == Flow.signedOut + "?state=s1")
    guard case .end(let farewell) = try await confirm(flow, question.confirmation) else { throw Surprise() }
    #expect(farewell.destination == Flow.signedOut + "?state=s1" && farewell.isUnproven == nil)
    // Another kind of hint, such as the app's own session token, says nothing; the name beside it does.
    guard case .ask(let named) = try await ask(flow, hint: "x", client: "grafana") else { throw Surprise() }
    #expect(named.app?.name == "Grafana" && named.back == Flow.signedOut + "?state=s1")
    let evil = try await ask(flow, hint: nil, uri: "https://evil.example/", client: "grafana")
    guard case .ask(let other) = evil, case .end(let stays) = try await confirm(flow, other.confirmation) else {
      throw Surprise()
    }
    #expect(other.back == nil && stays.destination == nil && stays.link == nil && stays.isAddressUnknown)
  }

  // GHSA-2wvm; logout URLs that were dropped from a client, or never entered.
  @Test("an address that is no longer registered is not gone to, not even when it was when the question was asked")
  func dropped() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    // Of another session of the same person: asked, with a hint that proves the app.
    var phone = flow.browser
    try await phone.signIn()
    guard case .ask(let question) = try await ask(flow, hint: tokens.rawIDToken, call: phone.call()) else {
      throw Surprise()
    }
    guard case .end(let before) = try await confirm(flow, question.confirmation, call: phone.call()) else {
      throw Surprise()
    }
    #expect(before.destination == Flow.signedOut + "?state=s1")
    try await flow.world.sql("UPDATE clients SET logout_callback_urls = '{}'")
    guard case .end(let after) = try await confirm(flow, question.confirmation, call: phone.call()),
      case .end(let direct) = try await ask(flow, hint: tokens.rawIDToken)
    else { throw Surprise() }
    #expect(after.destination == nil && after.isAddressUnknown)
    #expect(direct.destination == nil && direct.isAddressUnknown)
  }

  @Test("a yes is to one question in one session; any other asks again")
  func confirmation() async throws {
    let (flow, _) = try await Flow.signedIn()
    guard case .ask(let question) = try await ask(flow, hint: nil, client: "grafana") else { throw Surprise() }
    // Another device, with a session of its own.
    var phone = flow.browser
    phone.session = nil
    try await phone.signIn()
    for (text, call) in [
      (question.confirmation, phone.call()), (Secret("forged"), flow.browser.call()), (Secret(""), flow.browser.call()),
    ] {
      guard case .ask = try await confirm(flow, text, call: call) else { throw Surprise() }
    }
    guard case .end(let own) = try await confirm(flow, nil), own.destination == nil else { throw Surprise() }
  }

  @Test("where nobody is signed in there is nothing to ask: a proven address is gone to, anything else stays")
  func nobody() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    guard case .over(let proven) = try await ask(flow, hint: tokens.rawIDToken, call: flow.world.call()),
      case .over(let unproven) = try await ask(flow, hint: nil, client: "grafana", call: flow.world.call()),
      case .over(let nothing) = try await ask(flow, hint: nil, state: nil, uri: nil, call: flow.world.call())
    else { throw Surprise() }
    #expect(proven.destination == Flow.signedOut + "?state=s1")
    #expect(unproven.destination == nil && unproven.link != nil && nothing == OIDC.LogoutDestination())
    _ = try await flow.world.auth.send(Auth.SignOut(), flow.browser.call())
    guard case .over(let left) = try await ask(flow, hint: tokens.rawIDToken) else { throw Surprise() }
    #expect(left.destination == Flow.signedOut + "?state=s1" && left.frames.isEmpty)
  }

  @Test("a hint without a cookie ends the session that it names, and no other; a forged or a stranger's ends none")
  func withoutCookie() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    var phone = flow.browser
    phone.session = nil
    try await phone.signIn()
    func live() async throws -> [Bool] {
      var live: [Bool] = []
      for call in [flow.browser.call(), phone.call()] {
        live.append(try await flow.world.auth.send(Auth.CurrentSession(), call) != .signedOut)
      }
      return live
    }
    let server = flow.world.call()
    for (hint, client) in [(tokens.rawIDToken + "x", nil), (tokens.rawIDToken, "nobody"), (nil, "grafana")] {
      guard case .over = try await ask(flow, hint: hint, client: client, call: server) else { throw Surprise() }
    }
    // Who is signed in as somebody else is asked, and the hint ends nothing behind their back.
    guard case .ask = try await ask(flow, hint: tokens.rawIDToken, call: phone.call()) else { throw Surprise() }
    #expect(try await live() == [true, true])
    guard case .over(let farewell) = try await ask(flow, hint: tokens.rawIDToken, call: server) else {
      throw Surprise()
    }
    #expect(farewell.destination == Flow.signedOut + "?state=s1")
    #expect(try await live() == [false, true])
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    #expect(try await flow.world.notices().count == 1)
    let entry = try #require(try await flow.world.recorded().last { $0.event == "SIGN_OUT" })
    #expect(entry.username == "ada" && entry.data.contains("id_token_hint"))
  }

  @Test("a session that has expired is over for who has no hint, and still left by who has its own")
  func expired() async throws {
    let (flow, tokens) = try await Flow.signedIn()
    try await flow.world.sql("UPDATE sessions SET expires_at = now() - interval '1 minute'")
    guard case .over = try await ask(flow, hint: nil, client: "grafana"),
      case .end = try await ask(flow, hint: tokens.rawIDToken)
    else { throw Surprise() }
  }

  @Test("what cannot be read, or is more than a page can carry, still lets people leave")
  func unreadable() async throws {
    let (flow, _) = try await Flow.signedIn()
    for fields in [
      [FormField("state", "a"), FormField("state", "b")], [FormField("state", "\0")],
      [FormField("x", String(repeating: "y", count: 16_300)), FormField("z", String(repeating: "y", count: 900))],
    ] {
      guard
        case .ask(let question) = try await flow.world.oidc.send(
          OIDC.EndSession(parameters: fields), flow.browser.call())
      else { throw Surprise() }
      #expect(question.confirmation.exposed.utf8.count < 32_000)
      guard case .end = try await confirm(flow, question.confirmation) else { throw Surprise() }
    }
  }
}
