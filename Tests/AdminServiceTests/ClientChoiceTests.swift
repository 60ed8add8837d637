import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

/// What an administrator may choose for an app beyond what every app needs.
@Suite struct ClientChoiceTests {
  private static let plain = Admin.ClientSettings(
    name: "Grafana", callbackURLs: ["https://grafana.example.com/callback"])

  private static func with(_ change: (inout Admin.ClientSettings) -> Void) -> Admin.ClientSettings {
    var settings = plain
    change(&settings)
    return settings
  }

  /// An administrator's browser, and the app `grafana` with `settings`.
  private func house(_ settings: Admin.ClientSettings = plain) async throws -> Browser {
    var browser = Browser(try await World())
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    return browser
  }

  private func update(
    _ browser: Browser, _ settings: Admin.ClientSettings
  ) async throws -> Admin.UpdateClient.Response {
    try await browser.world.admin.send(Admin.UpdateClient(id: "grafana", settings: settings), browser.call())
  }

  private func stored(_ browser: Browser) async throws -> Admin.ClientSettings {
    guard case .client(let client) = try await browser.world.admin.send(Admin.GetClient(id: "grafana"), browser.call())
    else { throw NoClient() }
    return client.settings
  }

  private struct NoClient: Error {}

  private static let chosen = with {
    $0.callbackURLs = ["https://grafana.example.com/*", "https://grafana.example.com/login"]
    $0.logoutCallbackURLs = ["https://grafana.example.com/bye"]
    $0.isGroupRestricted = true
    $0.callbackPatterns = true
    $0.userinfoOnly = true
    $0.idTokenAlgorithm = "ES256"
    $0.accessTokenAlgorithm = "RS256"
    $0.backchannelLogoutURI = "http://grafana.lan:3000/logout?via=back"
    $0.backchannelLogoutSessionRequired = true
    $0.frontchannelLogoutURI = "https://grafana.example.com/logout"
    $0.frontchannelLogoutSessionRequired = true
  }

  @Test("an app begins with RS256 for every token, exact URLs and nobody to tell")
  func beginnings() async throws {
    let settings = try await stored(house())
    #expect(settings.idTokenAlgorithm == "RS256" && settings.accessTokenAlgorithm == "RS256")
    #expect(settings.callbackPatterns == false && settings.userinfoOnly == false)
    #expect(settings.backchannelLogoutURI == nil && settings.frontchannelLogoutURI == nil)
  }

  @Test("what a program does not know of stays as it was")
  func unsaid() async throws {
    let browser = try await house(Self.chosen)
    #expect(try await stored(browser) == Self.chosen)
    let unknowing = Admin.ClientSettings(
      name: "Dashboards", callbackURLs: Self.chosen.callbackURLs
    ) { $0.logoutCallbackURLs = Self.chosen.logoutCallbackURLs }
    guard case .updated = try await update(browser, unknowing) else {
      Issue.record("it was not updated")
      return
    }
    var expected = Self.chosen
    expected.name = "Dashboards"
    #expect(try await stored(browser) == expected)
  }

  @Test("a logout address is taken away by an empty one")
  func clearing() async throws {
    var browser = try await house(Self.chosen)
    try await browser.prove(.redirectURI)
    let emptied = Self.with {
      $0.callbackPatterns = false
      $0.backchannelLogoutURI = " "
      $0.frontchannelLogoutURI = ""
    }
    guard case .updated(let client) = try await update(browser, emptied) else {
      Issue.record("it was not updated")
      return
    }
    #expect(client.settings.backchannelLogoutURI == nil && client.settings.frontchannelLogoutURI == nil)
    #expect(client.settings.callbackPatterns == false && client.settings.userinfoOnly == true)
  }

  @Test(
    "a stolen session sends no code elsewhere: what opens more takes a proof, good for five minutes, what opens no more takes none",
    arguments: [
      with { $0.callbackURLs.append("https://thief.example/callback") },
      with { $0.callbackURLs = ["https://grafana.example.com/Callback"] }, with { $0.isPublic = true },
      with { $0.skipConsent = true }, with { $0.callbackPatterns = true },
    ])
  func opening(_ opened: Admin.ClientSettings) async throws {
    var browser = try await house()
    #expect(try await update(browser, opened) == .denied(.proofRequired))
    try await browser.prove(.settings)
    #expect(try await update(browser, opened) == .denied(.proofRequired), "for something else")
    #expect(try await stored(browser).callbackURLs == Self.plain.callbackURLs)
    try await browser.prove(.redirectURI)
    var renamed = opened
    renamed.name = "Dashboards"
    guard case .updated = try await update(browser, opened), case .updated = try await update(browser, renamed) else {
      Issue.record("it was not updated, or what opens no more took a proof")
      return
    }
    renamed.callbackURLs.append("https://another.example/callback")
    try await browser.world.sql("UPDATE proofs SET expires_at = expires_at - interval '5 minutes'")
    #expect(try await update(browser, renamed) == .denied(.proofRequired), "its time is over")
  }

  @Test("PKCE is taken away by proof, and an administrator's key opens what it was made to open")
  func openedByKey() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    _ = try await browser.createClient(Self.with { $0.pkceEnabled = true })
    #expect(try await update(browser, Self.plain) == .denied(.proofRequired))
    let byKey = try await world.admin.send(
      Admin.UpdateClient(id: "grafana", settings: Self.plain), world.call(key: "a key", of: ada.id))
    guard case .updated = byKey else {
      Issue.record("a key was refused")
      return
    }
  }

  @Test(
    "choices that cannot work are refused by field, with the reason",
    arguments: [
      (
        with {
          $0.callbackURLs = ["https://*.example.com/"]
          $0.callbackPatterns = false
        }, "callbackURLs[0]", "wildcard"
      ),
      (
        with {
          $0.logoutCallbackURLs = ["https://a.example/", "https://*.b.example/"]
          $0.callbackPatterns = false
        }, "logoutCallbackURLs[1]", "wildcard"
      ),
      (
        with {
          $0.callbackURLs = ["https://*.example.com/"]
          $0.isPublic = true
        }, "callbackURLs[0]", "wildcard"
      ),
      (with { $0.callbackURLs = ["*"] }, "callbackURLs[0]", "anything"),
      (with { $0.callbackURLs = ["https://*/callback"] }, "callbackURLs[0]", "anything"),
      (with { $0.logoutCallbackURLs = ["/signed-out"] }, "logoutCallbackURLs[0]", "invalid"),
      (
        with {
          $0.callbackURLs = ["*"]
          $0.callbackPatterns = true
        }, "callbackURLs[0]", "anything"
      ),
      (
        with {
          $0.isPublic = true
          $0.callbackPatterns = true
        }, "callbackURLPatterns", "public"
      ),
      (with { $0.idTokenAlgorithm = "none" }, "idTokenSignedResponseAlg", "invalid"),
      (with { $0.accessTokenAlgorithm = "HS256" }, "accessTokenSignedResponseAlg", "invalid"),
      (with { $0.refreshTokenDurationMinutes = 525_601 }, "refreshTokenDurationMinutes", "invalid"),
      (with { $0.backchannelLogoutURI = "https://app.example.com/#out" }, "backchannelLogoutURL", "invalid"),
      (
        with {
          $0.isPublic = true
          $0.backchannelLogoutURI = "http://app.example.com/out"
        }, "backchannelLogoutURL", "invalid"
      ),
      (with { $0.frontchannelLogoutURI = "https://elsewhere.example.com/out" }, "frontchannelLogoutURL", "invalid"),
    ])
  func refusals(settings: Admin.ClientSettings, field: String, code: String) async throws {
    let browser = try await house()
    guard case .invalid(let problems) = try await update(browser, settings) else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.field) == [field] && problems.map(\.code) == [code])
    guard
      case .invalid = try await browser.world.admin.send(
        Admin.CreateClient(id: nil, settings: settings), browser.call())
    else {
      Issue.record("it was made")
      return
    }
  }

  @Test("a star of a program that knows nothing of patterns is one; whoever says that it is none is believed")
  func starsOfOthers() async throws {
    var browser = try await house()
    let starred = Self.with { $0.callbackURLs = ["https://*.grafana.example.com/callback"] }
    #expect(try await update(browser, starred) == .denied(.proofRequired), "it opens more")
    try await browser.prove(.redirectURI)
    guard case .updated(let client) = try await update(browser, starred) else {
      Issue.record("it was refused")
      return
    }
    #expect(client.settings.callbackPatterns == true)
    guard
      case .created(let made) = try await browser.world.admin.send(
        Admin.CreateClient(id: nil, settings: starred), browser.call())
    else {
      Issue.record("it was not made")
      return
    }
    #expect(made.settings.callbackPatterns == true && made.settings.callbackURLs == starred.callbackURLs)
    guard case .updated(let exact) = try await update(browser, Self.plain) else {
      Issue.record("the star cannot be taken away")
      return
    }
    #expect(exact.settings.callbackPatterns == true, "as it was, and no address is one")
  }

  @Test("an app with patterns becomes public without them, also for a program that knows nothing of patterns")
  func becomingPublic() async throws {
    var browser = try await house(Self.chosen)
    try await browser.prove(.redirectURI)
    var settings = Admin.ClientSettings(
      name: "Grafana", callbackURLs: ["https://*.a.example/", "https://grafana.example.com/"]
    ) {
      $0.isPublic = true
      $0.backchannelLogoutURI = ""
      $0.frontchannelLogoutURI = ""
    }
    guard case .invalid(let problems) = try await update(browser, settings) else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.field) == ["callbackURLPatterns", "callbackURLs[0]"])
    settings.callbackURLs.removeFirst()
    guard case .updated(let client) = try await update(browser, settings) else {
      Issue.record("it was refused")
      return
    }
    #expect(client.settings.isPublic && client.settings.callbackPatterns == false)
  }

  @Test("an imported app may keep a * alone")
  func imported() async throws {
    let browser = try await house()
    try await browser.world.sql("UPDATE clients SET imported = true, callback_patterns = true, callback_urls = '{*}'")
    let settings = Self.with {
      $0.name = "Dashboards"
      $0.callbackURLs = ["*"]
    }
    guard case .updated(let client) = try await update(browser, settings) else {
      Issue.record("it was refused")
      return
    }
    #expect(client.settings.callbackURLs == ["*"] && client.imported == true)
  }

  @Test("the record says which of the choices changed, by the API's names")
  func recorded() async throws {
    let browser = try await house()
    _ = try await update(
      browser,
      Self.with {
        $0.idTokenAlgorithm = "ES256"
        $0.backchannelLogoutURI = "https://grafana.example.com/out"
        $0.userinfoOnly = false
      })
    let list = Admin.ListAuditLog(page: .init(), filter: .init(events: ["CLIENT_UPDATED"]))
    guard case .entries(let entries) = try await browser.world.admin.send(list, browser.call()),
      let changes = entries.items.first?.changes
    else {
      Issue.record("there is no entry")
      return
    }
    #expect(Set(changes.keys) == ["idTokenSignedResponseAlg", "backchannelLogoutURL"])
    #expect(changes["idTokenSignedResponseAlg"] == .init(before: "RS256", after: "ES256"))
  }
}
