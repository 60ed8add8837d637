import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Testing

@Suite struct InteractionTests {
  private func interaction(_ flow: Flow, _ changes: [String: String?] = [:]) async throws -> InteractionID {
    guard case .interact(.stored(let id)) = try await flow.authorize(changes) else { throw Surprise() }
    return id
  }

  private struct Surprise: Error {}

  private func step(_ progress: OIDC.Progress) -> OIDC.Step? {
    if case .step(let interaction) = progress { interaction.currentStep } else { nil }
  }

  @Test("an unknown client or an unregistered redirect URI is shown on a page, and nothing is written")
  func unproven() async throws {
    let flow = try await Flow.start()
    #expect(try await flow.authorize(["client_id": "nobody"]) == .page(.unknownClient))
    for uri in [
      "https://evil.example/callback", "https://grafana.example.com@evil.example/callback",
      "https://grafana.example.com\\@evil.example/callback", "https://grafana.example.com/callback/../x",
      "https://grafana.example.com/callback?x=1", "https://grafana.example.com/callback#x",
      "https://GRAFANA.example.com/callback", "https://grafana.example.com./callback",
      "https://grafana.example.com:443/callback", "https://grafana.example.com%2f@evil.example/", "javascript:alert(1)",
    ] {
      #expect(try await flow.authorize(["redirect_uri": uri]) == .page(.redirectURI(clientName: "Grafana")), "\(uri)")
    }
    #expect(
      try await flow.authorize(["redirect_uri": nil]) == .page(.redirectURI(clientName: "Grafana", isMissing: true)))
    var twice = flow.parameters()
    twice.append(FormField("redirect_uri", "https://evil.example"))
    guard
      case .page = try await flow.world.oidc.send(OIDC.Authorize(parameters: twice), flow.browser.call())
    else {
      Issue.record("a duplicate redirect_uri was taken")
      return
    }
    #expect(try await flow.world.database.read(InteractionCount()).first == 0)
  }

  @Test(
    "who has to prove themselves anew proves nothing by having signed in a moment before the app asked",
    arguments: [["prompt": "login"], ["max_age": "0"], [:]] as [[String: String]])
  func reauthentication(changes: [String: String]) async throws {
    var flow = try await Flow.start { $0.requiresReauthentication = changes.isEmpty }
    try await flow.browser.signIn()
    let id = try await interaction(flow, changes.mapValues { $0 })
    let prove = Auth.ProveBySignIn(purpose: .authorize(id))
    #expect(try await flow.world.auth.send(prove, flow.browser.call()) == .stale)
    let complete = OIDC.CompleteStep(id: id, step: .reauthenticate)
    #expect(step(try await flow.world.oidc.send(complete, flow.browser.call())) == .reauthenticate)
    let proven = Date()
    try await flow.browser.prove(.authorize(id))
    #expect(step(try await flow.world.oidc.send(complete, flow.browser.call())) == .consent)
    let consent = OIDC.CompleteStep(id: id, step: .consent)
    guard case .redirect(let location) = try await flow.world.oidc.send(consent, flow.browser.call()) else {
      throw Surprise()
    }
    let tokens = try await flow.exchange(Flow.query(location)["code"] ?? "")
    let authTime = try #require(tokens.idToken?["auth_time"]?.integer)
    #expect(Double(authTime) >= proven.timeIntervalSince1970.rounded(.down) - 1)
  }

  @Test("once the redirect URI is proven, refusals go back to the client with state and issuer")
  func proven() async throws {
    let flow = try await Flow.start()
    for (changes, error) in [
      (["response_type": "token"], "unsupported_response_type"), (["response_type": nil], "invalid_request"),
      (["code_challenge_method": "plain"], "invalid_request"), (["code_challenge_method": nil], "invalid_request"),
      (["prompt": "none login"], "invalid_request"), (["max_age": "soon"], "invalid_request"),
      (["request": "x"], "request_not_supported"), (["request_uri": "x"], "request_uri_not_supported"),
      (["response_mode": "web_message"], "invalid_request"),
    ] as [([String: String?], String)] {
      let answer = try await flow.redirect(changes)
      #expect(answer["error"] == error, "\(changes) \(answer)")
      #expect(answer["state"] == "s1")
      #expect(answer["iss"] == World.appURL)
    }
  }

  @Test("prompt=none without a session is login_required; with one, but without consent, consent_required")
  func promptNone() async throws {
    var flow = try await Flow.start()
    #expect(try await flow.redirect(["prompt": "none"])["error"] == "consent_required")
    _ = try await flow.code()
    #expect(try await flow.redirect(["prompt": "none"])["code"] != nil)
    flow.browser.session = nil
    #expect(try await flow.redirect(["prompt": "none"])["error"] == "login_required")
  }

  @Test("an interaction opened in another browser, or without a cookie, is elsewhere")
  func otherBrowser() async throws {
    let flow = try await Flow.start()
    let id = try await interaction(flow)
    var other = Browser(flow.world)
    other.session = flow.browser.session
    #expect(try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), other.call()) == .gone(elsewhere: true))
    #expect(
      try await flow.world.oidc.send(OIDC.CompleteStep(id: id, step: .consent), other.call()) == .gone(elsewhere: true))
    #expect(try await flow.world.oidc.send(OIDC.CancelInteraction(id: id), other.call()) == .gone(elsewhere: true))
    let noCookie = flow.world.call(session: flow.browser.session)
    #expect(try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), noCookie) == .gone(elsewhere: true))
    #expect(step(try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), flow.browser.call())) == .consent)
  }

  /// What a browser goes on with in which nobody is signed in.
  private func stranger(_ flow: inout Flow, _ changes: [String: String?] = [:]) async throws -> OIDC.InteractionHandle {
    flow.browser.session = nil
    guard case .interact(let handle) = try await flow.authorize(changes) else { throw Surprise() }
    return handle
  }

  @Test("the browser carries what waits until somebody is signed in; then it is stored once, as old as it is")
  func carried() async throws {
    var flow = try await Flow.start()
    let session = flow.browser.session
    let handle = try await stranger(&flow, ["state": "s 1", "unknown": String(repeating: "x", count: 4000)])
    guard case .carried(let text) = handle else { throw Surprise() }
    #expect(text.utf8.count <= OIDC.InteractionHandle.longestCarried)
    let world = flow.world
    guard case .step(let shown) = try await world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call()) else {
      throw Surprise()
    }
    #expect(shown.handle == handle && shown.currentStep == .authenticate && shown.client.name == "Grafana")
    #expect(try await world.database.read(InteractionCount()).first == 0, "nothing is written for a stranger")

    // Another browser is told nothing, nor is anybody who changes a letter.
    var other = Browser(world)
    #expect(try await world.oidc.send(OIDC.ViewInteraction(handle), other.call()) == .gone(elsewhere: true))
    other.session = session
    #expect(try await world.oidc.send(OIDC.ViewInteraction(handle), other.call()) == .gone(elsewhere: true))
    let spoiled = OIDC.InteractionHandle.carried((text.hasPrefix("A") ? "B" : "A") + text.dropFirst())
    #expect(try await world.oidc.send(OIDC.ViewInteraction(spoiled), flow.browser.call()) == .gone(elsewhere: false))
    #expect(try await world.database.read(InteractionCount()).first == 0)

    flow.browser.session = session
    for oidc in [world.oidc, world.otherOIDC] {
      let progress = try await oidc.send(OIDC.CompleteStep(handle, step: .authenticate), flow.browser.call())
      guard case .step(let next) = progress, case .stored(let id) = next.handle else { throw Surprise() }
      #expect(next.currentStep == .consent)
      #expect(step(try await oidc.send(OIDC.ViewInteraction(id: id), flow.browser.call())) == .consent)
    }
    #expect(try await world.database.read(InteractionCount()).first == 1)
    guard
      case .redirect(let location) = try await world.oidc.send(
        OIDC.CompleteStep(handle, step: .consent), flow.browser.call())
    else { throw Surprise() }
    #expect(Flow.query(location)["state"] == "s 1")
    #expect(
      try await world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call()) == .gone(elsewhere: false),
      "it is over")
  }

  @Test("a sign-in after the app asked is what prompt=login wants, though nothing was stored when it asked")
  func carriedAge() async throws {
    var flow = try await Flow.start()
    let handle = try await stranger(&flow, ["prompt": "login"])
    try await flow.browser.signIn()
    let complete = OIDC.CompleteStep(handle, step: .authenticate)
    #expect(step(try await flow.world.oidc.send(complete, flow.browser.call())) == .consent)
    var before = try await Flow.start()
    let early = try await stranger(&before, ["prompt": "login"])
    try await before.browser.signIn()
    try await before.world.sql("UPDATE sessions SET auth_time = now() - interval '1 minute'")
    #expect(
      step(try await before.world.oidc.send(OIDC.CompleteStep(early, step: .authenticate), before.browser.call()))
        == .reauthenticate)
  }

  @Test("who declines before anybody is signed in goes back to the app, and nothing is written")
  func carriedCancel() async throws {
    var flow = try await Flow.start()
    let handle = try await stranger(&flow)
    guard
      case .redirect(let location) = try await flow.world.oidc.send(OIDC.CancelInteraction(handle), flow.browser.call())
    else { throw Surprise() }
    #expect(Flow.query(location)["error"] == "access_denied" && Flow.query(location)["state"] == "s1")
    #expect(try await flow.world.database.read(InteractionCount()).first == 0)
  }

  @Test(
    "what a browser cannot carry is kept, so much of each network, the oldest going first; beyond 8 KiB it is refused")
  func large() async throws {
    var flow = try await Flow.start()
    let state = String(repeating: "s", count: 3000)
    func ask(from address: String) async throws -> OIDC.InteractionHandle {
      var call = flow.browser.call()
      call.caller.address = address
      let answer = try await flow.world.oidc.send(OIDC.Authorize(parameters: flow.parameters(["state": state])), call)
      guard case .interact(let handle) = answer else { throw Surprise() }
      return handle
    }
    let session = flow.browser.session
    flow.browser.session = nil
    let honest = try await ask(from: "192.0.2.1")
    guard case .stored = honest else { throw Surprise() }
    var flood: [OIDC.InteractionHandle] = []
    for _ in 0..<40 { flood.append(try await ask(from: "2001:db8::\(flood.count)")) }
    #expect(try await flow.world.database.read(InteractionCount()).first == 33)
    #expect(
      try await flow.world.oidc.send(OIDC.ViewInteraction(flood[0]), flow.browser.call()) == .gone(elsewhere: false))
    #expect(step(try await flow.world.oidc.send(OIDC.ViewInteraction(flood[39]), flow.browser.call())) == .authenticate)
    flow.browser.session = session
    #expect(step(try await flow.world.oidc.send(OIDC.ViewInteraction(honest), flow.browser.call())) == .consent)
    let hint = String(repeating: "h", count: 9000)
    for session in [nil, session] {
      flow.browser.session = session
      guard case .page(.unreadable) = try await flow.authorize(["id_token_hint": hint]) else { throw Surprise() }
    }
  }

  @Test("signing in, consenting and finishing lead on; a finished interaction is gone")
  func steps() async throws {
    var flow = try await Flow.start()
    let session = flow.browser.session
    let handle = try await stranger(&flow)
    let world = flow.world
    #expect(step(try await world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call())) == .authenticate)
    #expect(
      step(try await world.oidc.send(OIDC.CompleteStep(handle, step: .authenticate), flow.browser.call()))
        == .authenticate)
    flow.browser.session = session
    #expect(
      step(try await world.oidc.send(OIDC.CompleteStep(handle, step: .authenticate), flow.browser.call())) == .consent)
    guard case .redirect = try await world.oidc.send(OIDC.CompleteStep(handle, step: .consent), flow.browser.call())
    else {
      Issue.record("there is no redirect")
      return
    }
    #expect(try await world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call()) == .gone(elsewhere: false))
  }

  @Test("declining tells the client access_denied and ends the interaction")
  func cancel() async throws {
    let flow = try await Flow.start()
    let id = try await interaction(flow)
    guard
      case .redirect(let location) = try await flow.world.oidc.send(OIDC.CancelInteraction(id: id), flow.browser.call())
    else {
      Issue.record("there is no redirect")
      return
    }
    #expect(Flow.query(location)["error"] == "access_denied")
    #expect(
      try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), flow.browser.call()) == .gone(elsewhere: false))
  }

  @Test("prompt=login asks for a fresh proof for this interaction, and auth_time is that proof's")
  func promptLogin() async throws {
    var flow = try await Flow.start()
    _ = try await flow.code()
    try await flow.world.sql("UPDATE sessions SET auth_time = now() - interval '1 hour'")
    let id = try await interaction(flow, ["prompt": "login"])
    let world = flow.world
    #expect(
      step(try await world.oidc.send(OIDC.CompleteStep(id: id, step: .reauthenticate), flow.browser.call()))
        == .reauthenticate)
    try await flow.browser.prove(.addPasskey)
    #expect(
      step(try await world.oidc.send(OIDC.CompleteStep(id: id, step: .reauthenticate), flow.browser.call()))
        == .reauthenticate)
    try await flow.browser.prove(.authorize(id))
    guard
      case .redirect(let location) = try await world.oidc.send(
        OIDC.CompleteStep(id: id, step: .reauthenticate), flow.browser.call())
    else {
      Issue.record("there is no redirect")
      return
    }
    let tokens = try await flow.exchange(Flow.query(location)["code"] ?? "")
    let authTime = try #require(tokens.idToken?["auth_time"]?.integer)
    #expect(abs(Double(authTime) - Date().timeIntervalSince1970) < 60)
  }

  @Test("prompt=select_account and prompt=consent ask although nothing would have to be asked")
  func prompts() async throws {
    let flow = try await Flow.start { $0.skipConsent = true }
    #expect(try await flow.redirect()["code"] != nil)
    let select = try await interaction(flow, ["prompt": "select_account"])
    #expect(
      step(try await flow.world.oidc.send(OIDC.ViewInteraction(id: select), flow.browser.call())) == .selectAccount)
    guard
      case .redirect = try await flow.world.oidc.send(
        OIDC.CompleteStep(id: select, step: .selectAccount), flow.browser.call())
    else {
      Issue.record("choosing the account did not finish it")
      return
    }
    let consent = try await interaction(flow, ["prompt": "consent"])
    #expect(step(try await flow.world.oidc.send(OIDC.ViewInteraction(id: consent), flow.browser.call())) == .consent)
  }

  @Test("a client that asks for it has everybody prove themselves anew")
  func requiresReauthentication() async throws {
    let flow = try await Flow.start { $0.requiresReauthentication = true }
    let id = try await interaction(flow)
    #expect(step(try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), flow.browser.call())) == .reauthenticate)
  }

  @Test("discovery names what works, and the keys are public")
  func discovery() async throws {
    let flow = try await Flow.start()
    let metadata = try await flow.world.oidc.send(OIDC.Metadata.sample, flow.world.call())
    #expect(metadata.json?["issuer"] == .string(World.appURL))
    #expect(metadata.json?["code_challenge_methods_supported"] == ["S256"])
    let keys = try await flow.world.oidc.send(OIDC.Keys(), flow.world.call())
    #expect(
      keys == (try await flow.world.otherOIDC.send(OIDC.Keys(), flow.world.call())), "both processes have the same")
    let key = try #require(keys.json?["keys"]?.array?.first)
    #expect(key["alg"] == "RS256")
    #expect(key["d"] == nil)
  }
}

private struct InteractionCount: Statement {
  static let sql = "SELECT count(*) FROM interactions"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}
