import Encodings
import OIDCFacts
import OIDCRules
import Testing

private let registered = "https://app.example/signed-out"
private let honestNames = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]

@Suite("Requests to end a session")
struct EndSessionTests {
  static let app = EndSessionRequest.Client(id: "app", logoutCallbackURLs: [registered])
  static let here = EndSessionRequest.Session(id: "session-1", userID: "user-1")

  /// What an app that does everything right sends.
  static let honest = [
    ("id_token_hint", "…"), ("client_id", "app"), ("post_logout_redirect_uri", registered), ("state", "s 1"),
  ]

  static func hint(audience: [String] = ["app"], claims: [String: JSONValue?] = [:]) throws -> IDTokenHint {
    var payload = IDToken.payload(
      Valid.subject, user: Valid.user(), tokenID: "j", accessToken: nil,
      algorithm: .es256, now: Valid.start)
    payload["aud"] = JSONValue(audience)
    for (name, value) in claims { payload[name] = value }
    let key = try TestKeys.ec.get()
    let token = try JWS.sign(payload, type: IDToken.headerType, with: key)
    return try #require(IDTokenHint(token, keys: [key.verificationKey], issuer: Valid.issuer))
  }

  static func check(
    _ changes: [String: String?] = [:], hint: IDTokenHint?, client: EndSessionRequest.Client? = app,
    session: EndSessionRequest.Session? = here
  ) throws -> CheckedEndSession {
    var pairs = honest.filter { changes[$0.0] == nil }
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) { if let value { pairs.append((name, value)) } }
    let request = EndSessionRequest(try FormParameters(pairs: pairs))
    return request.checked(EndSessionRequest.Facts(hint: hint, client: client, session: session))
  }

  @Test("a hint of the browser's session ends it, and leads to the registered address with the state")
  func valid() throws {
    let checked = try Self.check(hint: Self.hint())
    #expect(checked.decision == .end)
    #expect(checked.destination?.isProven == true)
    #expect(checked.destination?.location == registered + "?state=s%201")
    #expect(checked.problems == [] && checked.clientID == "app")
  }

  @Test("the hint alone names the client")
  func withoutClientID() throws {
    let checked = try Self.check(["client_id": nil], hint: Self.hint())
    #expect(checked.decision == .end && checked.destination?.isProven == true && checked.problems == [])
  }

  @Test("no state is invented, and the address's own query stays")
  func noState() throws {
    #expect(try Self.check(["state": nil], hint: Self.hint()).destination?.location == registered)
    let address = registered + "?from=id"
    let client = EndSessionRequest.Client(id: "app", logoutCallbackURLs: [address])
    let checked = try Self.check(["post_logout_redirect_uri": address], hint: Self.hint(), client: client)
    #expect(checked.destination?.location == address + "&state=s%201")
  }

  @Test("without a hint that passes, the person is asked, and is sent nowhere afterwards")
  func withoutHint() throws {
    for (changes, hint, problem) in [
      (["id_token_hint": nil], nil, nil), ([:], nil, .hint), (["client_id": "other"], try Self.hint(), .foreignHint),
    ] as [([String: String?], IDTokenHint?, EndSessionProblem?)] {
      let checked = try Self.check(changes, hint: hint)
      #expect(checked.decision == .ask)
      #expect(checked.destination?.isProven != true)
      #expect(checked.problems == [problem, .unprovenDestination].compactMap { $0 })
    }
  }

  @Test("an address that is registered for the client that the request names is a link at most")
  func link() throws {
    let checked = try Self.check(["id_token_hint": nil], hint: nil)
    #expect(checked.destination?.isProven == false)
    #expect(checked.destination?.location == registered + "?state=s%201")
    let nobody = try Self.check(["id_token_hint": nil, "client_id": nil], hint: nil, client: nil)
    #expect(nobody.destination == nil && nobody.decision == .ask)
  }

  @Test("whoever sends nothing, or only a state, is asked")
  func nothing() throws {
    let none: [String: String?] = ["id_token_hint": nil, "client_id": nil, "post_logout_redirect_uri": nil]
    for state in [nil, "s"] as [String?] {
      let checked = try Self.check(none.merging(["state": state]) { $1 }, hint: nil, client: nil)
      #expect(checked.decision == .ask && checked.destination == nil && checked.problems == [])
    }
  }

  // GHSA-2wvm: an end-session endpoint that sent people wherever the request said.
  @Test(
    "an address that is not one of the client's to the letter is not followed, and the session ends all the same",
    arguments: [
      registered + "?foo=bar", registered + "/", registered + "#x", "https://evil.example/signed-out",
      "https://app.example@evil.example/signed-out", "https://app.example.evil.example/signed-out",
      "https://APP.example/signed-out", "https://app.example/signed-out/../x", "https://app.example\\@evil.example/",
      "//evil.example/signed-out", "/signed-out", "javascript:alert(1)", "https://app.example:444/signed-out",
      "http://app.example/signed-out", "https://app.example/signed%2Dout", "\t" + registered,
    ])
  func unregistered(_ address: String) throws {
    let checked = try Self.check(["post_logout_redirect_uri": address], hint: Self.hint())
    #expect(checked.decision == .end && checked.destination == nil)
    #expect(checked.problems == [.unregisteredDestination])
  }

  @Test("a star is a pattern only where an administrator chose that, as in callback URLs")
  func patterns() throws {
    let address = "https://app.example/left/behind"
    for (patterns, isRegistered) in [(CallbackPatterns.exact, false), (.chosen, true)] {
      let client = EndSessionRequest.Client(
        id: "app", logoutCallbackURLs: ["https://app.example/left/*"], patterns: patterns)
      let checked = try Self.check(["post_logout_redirect_uri": address], hint: Self.hint(), client: client)
      #expect((checked.destination != nil) == isRegistered)
    }
  }

  @Test("a client without registered addresses has none")
  func noneRegistered() throws {
    let client = EndSessionRequest.Client(id: "app", logoutCallbackURLs: [])
    #expect(try Self.check(hint: Self.hint(), client: client).problems == [.unregisteredDestination])
  }

  @Test("a hint about somebody else or another session asks first, and proves the address all the same")
  func otherSession() throws {
    for claims in [["sub": "user-2"], ["sid": "session-2"], ["sid": nil]] as [[String: JSONValue?]] {
      let checked = try Self.check(hint: Self.hint(claims: claims))
      #expect(checked.decision == .ask && checked.destination?.isProven == true)
      #expect(checked.problems == [.otherSession])
    }
  }

  @Test("a hint of a client that is gone, or for several audiences, proves nothing")
  func gone() throws {
    let deleted = try Self.check(["client_id": nil], hint: Self.hint(), client: nil)
    #expect(deleted.decision == .ask && deleted.problems == [.unknownClient, .unprovenDestination])
    let several = try Self.check(["client_id": nil], hint: Self.hint(audience: ["app", "other"]))
    #expect(several.decision == .ask && several.problems == [.unknownClient, .unprovenDestination])
    #expect(try Self.check(hint: Self.hint(audience: ["other", "app"])).decision == .end)
  }

  @Test("where nobody is signed in, nothing ends and nobody is asked; a proven address is still one")
  func nobody() throws {
    let proven = try Self.check(hint: Self.hint(), session: nil)
    #expect(proven.decision == .over && proven.destination?.isProven == true && proven.problems == [])
    let unproven = try Self.check(["id_token_hint": nil], hint: nil, session: nil)
    #expect(unproven.decision == .over && unproven.destination?.isProven == false)
  }

  @Test("a session that has expired is left for good by its own hint, and by no other")
  func expired() throws {
    let expired = EndSessionRequest.Session(id: "session-1", userID: "user-1", isLive: false)
    #expect(try Self.check(hint: Self.hint(), session: expired).decision == .end)
    let other = try Self.check(hint: Self.hint(claims: ["sid": "session-2"]), session: expired)
    #expect(other.decision == .over && other.destination?.isProven == true && other.problems == [])
    #expect(try Self.check(["id_token_hint": nil], hint: nil, session: expired).decision == .over)
  }

  @Test("a parameter that stands twice makes the request say nothing", arguments: honestNames)
  func duplicates(_ name: String) throws {
    let request = EndSessionRequest(try FormParameters(pairs: Self.honest + [(name, "x")]))
    let facts = EndSessionRequest.Facts(hint: try Self.hint(), client: Self.app, session: Self.here)
    let checked = request.checked(facts)
    #expect(checked.decision == .ask && checked.destination == nil && checked.clientID == nil)
    #expect(checked.problems == [.unreadable])
  }

  @Test("a state that could not be passed back takes the address with it")
  func state() throws {
    for state in ["a\r\nb", String(repeating: "a", count: 4097)] {
      let checked = try Self.check(["state": state], hint: Self.hint())
      #expect(checked.destination == nil && checked.problems == [.unreadable] && checked.decision == .end)
    }
  }

  @Test("hints that only help are never a reason to refuse")
  func helpers() throws {
    let checked = try Self.check(["logout_hint": "ada", "ui_locales": "se", "x": "y"], hint: Self.hint())
    #expect(checked.decision == .end && checked.problems == [])
  }

  @Test("the client is looked up by what was sent, or by the hint")
  func clientID() throws {
    func id(_ pairs: [(String, String)], _ hint: IDTokenHint?) throws -> String? {
      EndSessionRequest(try FormParameters(pairs: pairs)).clientID(hint: hint)
    }
    #expect(try id([("client_id", "a")], Self.hint()) == "a")
    #expect(try id([], Self.hint()) == "app")
    #expect(try id([], Self.hint(audience: ["a", "b"])) == nil)
    #expect(try id([], nil) == nil)
    #expect(try id([("client_id", String(repeating: "a", count: 513))], nil) == nil)
    #expect(try id([("client_id", "a"), ("client_id", "b")], nil) == nil)
  }
}
