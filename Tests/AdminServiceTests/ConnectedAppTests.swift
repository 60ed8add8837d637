import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct ConnectedAppTests {
  private let settings = Admin.ClientSettings(name: "Grafana", callbackURLs: ["https://grafana.example.com/callback"])
  private let url = "https://grafana.example.com/login/generic_oauth"

  /// Fails unless the record has exactly these changes of clients, oldest first.
  private func expectRecorded(_ changes: [String], _ world: World) async throws {
    let wanted = changes.map { "'\($0)'::jsonb" }.joined(separator: ", ")
    try await world.sql(
      """
      DO $$ DECLARE found jsonb[]; BEGIN
        SELECT coalesce(array_agg(changes ORDER BY created_at, id), '{}') INTO found
        FROM audit_log WHERE event = 'CLIENT_UPDATED' AND client_id = 'grafana' AND actor_name = 'ada';
        IF found <> ARRAY[\(wanted)]::jsonb[] THEN RAISE EXCEPTION 'recorded: %', found; END IF;
      END $$
      """)
  }

  @Test("a client remembers which known app it is")
  func knownApp() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    let get = Admin.GetKnownApp(clientID: "grafana")
    #expect(try await world.admin.send(get, browser.call()) == .app(nil))
    let set = Admin.SetKnownApp(clientID: "grafana", app: "grafana")
    #expect(try await world.admin.send(set, browser.call()) == .noted)
    #expect(try await world.admin.send(set, browser.call()) == .noted)
    #expect(try await world.admin.send(get, browser.call()) == .app("grafana"))
    // What changes nothing is not recorded.
    try await expectRecorded([#"{"knownApp": {"after": "grafana", "before": null}}"#], world)
    #expect(try await world.admin.send(Admin.SetKnownApp(clientID: "none", app: nil), browser.call()) == .notFound)
    #expect(try await world.admin.send(Admin.GetKnownApp(clientID: "none"), browser.call()) == .notFound)
    #expect(try await world.admin.send(get, world.call()) == .denied(.notSignedIn))
  }

  @Test(
    "a known app's name is a short word", arguments: ["", "Grafana", "a b", "../x", String(repeating: "a", count: 65)])
  func names(app: String) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    guard
      case .invalid(let problems) = try await world.admin.send(
        Admin.SetKnownApp(clientID: "grafana", app: app), browser.call())
    else {
      Issue.record("it was noted")
      return
    }
    #expect(problems.map(\.field) == ["knownApp"])
  }

  @Test("one more callback URL takes a proof, good for five minutes, and is recorded with what was there before")
  func adding() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    let add = Admin.AddCallbackURL(clientID: "grafana", url: url)
    #expect(try await world.admin.send(add, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.clientSecret)
    #expect(
      try await world.admin.send(add, browser.call()) == .denied(.proofRequired),
      "a proof for something else is none")
    try await browser.prove(.redirectURI)
    let id = RequestID()
    let both = settings.callbackURLs + [url]
    #expect(try await world.admin.send(add, browser.call(id: id)) == .added(both))
    #expect(try await world.admin.send(add, browser.call(id: id)) == .added(both), "the same request")
    let first = settings.callbackURLs[0]
    try await expectRecorded(
      [#"{"callbackURLs": {"before": ["\#(first)"], "after": ["\#(first)", "\#(url)"]}}"#], world)
    let more = Admin.AddCallbackURL(clientID: "grafana", url: url + "/")
    #expect(try await world.admin.send(more, browser.call()) == .added(both + [more.url]))
    try await world.sql("UPDATE proofs SET expires_at = expires_at - interval '5 minutes'")
    let late = Admin.AddCallbackURL(clientID: "grafana", url: url + "/late")
    #expect(try await world.admin.send(late, browser.call()) == .denied(.proofRequired))
    #expect(try await world.admin.send(add, world.call()) == .denied(.notSignedIn))
    #expect(try await world.admin.send(Admin.AddCallbackURL(clientID: "none", url: url), browser.call()) == .notFound)
  }

  @Test(
    "what could not be registered in the form cannot be added either",
    arguments: [
      "", "javascript:alert(1)", "https://*.example.com/", "https://good@evil.example/", "https://g.example/#x",
      "https://g.example/?code=1", "/callback",
    ])
  func refused(url: String) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    try await browser.prove(.redirectURI)
    guard
      case .invalid(let problems) = try await world.admin.send(
        Admin.AddCallbackURL(clientID: "grafana", url: url), browser.call())
    else {
      Issue.record("it was added")
      return
    }
    #expect(problems.map(\.field) == ["url"])
  }

  @Test("a client holds no more callback URLs than the form allows")
  func full() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    var many = settings
    many.callbackURLs = (1...200).map { "https://g.example.com/\($0)" }
    _ = try await browser.createClient(many)
    try await browser.prove(.redirectURI)
    #expect(
      try await world.admin.send(Admin.AddCallbackURL(clientID: "grafana", url: url), browser.call())
        == .full(limit: 200))
  }

  @Test("somebody who is no administrator adds nothing")
  func member() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    try await browser.prove(.redirectURI)
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(
      try await world.admin.send(Admin.AddCallbackURL(clientID: "grafana", url: url), browser.call())
        == .denied(.notAdministrator))
    #expect(
      try await world.admin.send(Admin.SetKnownApp(clientID: "grafana", app: "grafana"), browser.call())
        == .denied(.notAdministrator))
  }
}
