import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct ClientTests {
  private let settings = Admin.ClientSettings(name: "Grafana", callbackURLs: ["https://grafana.example.com/callback"])

  @Test("a client is made, read, listed, changed and deleted")
  func life() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let (client, secret) = try await browser.createClient(settings)
    var stored = settings
    stored.isGroupRestricted = false
    stored.callbackPatterns = false
    stored.userinfoOnly = false
    stored.idTokenAlgorithm = "RS256"
    stored.accessTokenAlgorithm = "RS256"
    stored.backchannelLogoutSessionRequired = false
    stored.frontchannelLogoutSessionRequired = false
    #expect(client.settings == stored)
    #expect(secret?.exposed.count == 43)

    var changed = settings
    changed.name = "Dashboards"
    changed.isPublic = true
    try await browser.prove(.redirectURI)
    guard
      case .updated(let updated) = try await world.admin.send(
        Admin.UpdateClient(id: "grafana", settings: changed), browser.call())
    else {
      Issue.record("it was not updated")
      return
    }
    #expect(updated.settings.name == "Dashboards")
    #expect(updated.settings.pkceEnabled, "a public client has PKCE whatever was said")
    #expect(updated.secrets.count == 1)

    guard
      case .clients(let page) = try await world.admin.send(
        Admin.ListClients(page: .init(search: "DASH")), browser.call())
    else {
      Issue.record("there is no list")
      return
    }
    #expect(page.items.map(\.id) == ["grafana"])
    #expect(page.total == 1)
    guard
      case .clients(let none) = try await world.admin.send(Admin.ListClients(page: .init(search: "%")), browser.call())
    else { return }
    #expect(none.items.isEmpty, "a percent sign is looked for as it is")

    #expect(try await world.admin.send(Admin.DeleteClient(id: "grafana"), browser.call()) == .deleted)
    #expect(try await world.admin.send(Admin.GetClient(id: "grafana"), browser.call()) == .notFound)
    #expect(try await world.admin.send(Admin.DeleteClient(id: "grafana"), browser.call()) == .notFound)
  }

  @Test("lists are paged and sorted")
  func paging() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    for number in 1...5 {
      var numbered = settings
      numbered.name = "App \(number)"
      _ = try await world.admin.send(Admin.CreateClient(id: "app\(number)", settings: numbered), browser.call())
    }
    let request = Admin.PageRequest(page: 2, limit: 2, sortColumn: "name", descending: true)
    guard case .clients(let page) = try await world.admin.send(Admin.ListClients(page: request), browser.call()) else {
      return
    }
    #expect(page.items.map(\.settings.name) == ["App 3", "App 2"])
    #expect(page.total == 5)
  }

  @Test("nobody but an administrator sees or changes clients")
  func denied() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.admin.send(Admin.ListClients(page: .init()), world.call()) == .denied(.notSignedIn))
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.admin.send(Admin.ListClients(page: .init()), browser.call()) == .denied(.notAdministrator))
    #expect(
      try await world.admin.send(Admin.CreateClient(id: nil, settings: settings), browser.call())
        == .denied(.notAdministrator))
    #expect(try await world.admin.send(Admin.DeleteClient(id: "x"), browser.call()) == .denied(.notAdministrator))
  }

  @Test(
    "settings that cannot work are refused field by field",
    arguments: [
      (Admin.ClientSettings(name: "", callbackURLs: []), "name"),
      (Admin.ClientSettings(name: String(repeating: "x", count: 51), callbackURLs: []), "name"),
      (
        Admin.ClientSettings(name: "x", callbackURLs: ["https://good.example", "https://a@b.example/"]),
        "callbackURLs[1]"
      ),
      (Admin.ClientSettings(name: "x", callbackURLs: ["https://*.com/"]), "callbackURLs[0]"),
      (Admin.ClientSettings(name: "x", callbackURLs: ["javascript:alert(1)"]), "callbackURLs[0]"),
      (Admin.ClientSettings(name: "x", callbackURLs: []) { $0.launchURL = "mailto:a@b.c" }, "launchURL"),
      (
        Admin.ClientSettings(name: "x", callbackURLs: []) { $0.accessTokenDurationMinutes = 0 },
        "accessTokenDurationMinutes"
      ),
    ])
  func problems(settings: Admin.ClientSettings, field: String) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    guard
      case .invalid(let problems) = try await world.admin.send(
        Admin.CreateClient(id: nil, settings: settings), browser.call())
    else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.field) == [field])
  }

  @Test("an id is made once; the same request makes the same client")
  func ids() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await world.admin.send(Admin.CreateClient(id: "one", settings: settings), browser.call())
    #expect(try await world.admin.send(Admin.CreateClient(id: "one", settings: settings), browser.call()) == .idTaken)
    let id = RequestID()
    let first = try await world.admin.send(Admin.CreateClient(id: nil, settings: settings), browser.call(id: id))
    let second = try await world.admin.send(Admin.CreateClient(id: nil, settings: settings), browser.call(id: id))
    #expect(first == second)
    guard case .invalid = try await world.admin.send(Admin.CreateClient(id: "a b", settings: settings), browser.call())
    else {
      Issue.record("the id was accepted")
      return
    }
  }

  @Test(
    "a new secret takes the place of all others where that is asked for, and each is recorded; a public client has none"
  )
  func replacedSecrets() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    _ = try await browser.createClient(settings)
    let key = try await world.call(key: "a key", of: ada.id)
    let replace = Admin.CreateClientSecret(clientID: "grafana", secret: nil, expiresAt: nil, replacesOthers: true)
    guard case .created(let made) = try await world.admin.send(replace, key),
      case .created(let repeated) = try await world.admin.send(replace, key)
    else {
      Issue.record("it was not made")
      return
    }
    #expect(made.secret == repeated.secret, "the same request")
    guard case .client(let client) = try await world.admin.send(Admin.GetClient(id: "grafana"), browser.call()) else {
      return
    }
    #expect(client.secrets.map(\.id) == [made.details.id])
    let events = try await world.recorded().map(\.event).filter { $0.hasPrefix("CLIENT_SECRET_") }
    #expect(events == ["CLIENT_SECRET_CREATED", "CLIENT_SECRET_CREATED", "CLIENT_SECRET_DELETED"])
    try await world.sql("UPDATE clients SET is_public = true")
    guard
      case .invalid(let problems) = try await world.admin.send(
        Admin.CreateClientSecret(clientID: "grafana", secret: nil, expiresAt: nil),
        world.call(key: "another", of: ada.id))
    else {
      Issue.record("a public client has a secret")
      return
    }
    #expect(problems.map(\.field) == ["isPublic"])
  }

  @Test("a list shows what fits every filter")
  func filtered() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    for (id, pkce, skips) in [("a", true, false), ("b", true, true), ("c", false, true)] {
      let settings = Admin.ClientSettings(name: id, callbackURLs: []) {
        $0.pkceEnabled = pkce
        $0.skipConsent = skips
      }
      _ = try await world.admin.send(Admin.CreateClient(id: "client-\(id)", settings: settings), browser.call())
    }
    func names(_ filter: Admin.ClientFilter) async throws -> [String] {
      let list = Admin.ListClients(page: .init(), filter: filter)
      guard case .clients(let page) = try await world.admin.send(list, browser.call()) else { return [] }
      return page.items.map(\.settings.name)
    }
    #expect(try await names(.init()) == ["a", "b", "c"])
    #expect(try await names(.init(pkceEnabled: true)) == ["a", "b"])
    #expect(try await names(.init(pkceEnabled: true, skipConsent: true)) == ["b"])
    #expect(try await names(.init(requiresReauthentication: true)) == [])
    #expect(try await names(.init(isGroupRestricted: false)) == ["a", "b", "c"])
  }

  @Test(
    "a launch address opens a page or an app, and runs nothing",
    arguments: [
      ("app://home", true), ("https://app.example.com/#/boards", true), ("https://app.example.com", true),
      ("javascript:alert(1)", false), ("data:text/html,x", false), ("https://a@b.example/", false),
      ("app.example.com", false), ("https://app.example.com/#a b", false), ("#home", false),
    ])
  func launchURL(text: String, isFine: Bool) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    var settings = settings
    settings.launchURL = text
    switch try await world.admin.send(Admin.CreateClient(id: nil, settings: settings), browser.call()) {
    case .created(let client): #expect(isFine && client.settings.launchURL == text)
    case .invalid(let problems): #expect(!isFine && problems.map(\.field) == ["launchURL"])
    case let other: Issue.record("\(other)")
    }
  }

  @Test("the creator's first secret needs no proof; every other one does, good for five minutes")
  func secrets() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    _ = try await browser.createClient(settings)
    let create = Admin.CreateClientSecret(clientID: "grafana", secret: nil, expiresAt: nil)
    #expect(try await world.admin.send(create, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.addPasskey)
    #expect(try await world.admin.send(create, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.clientSecret)
    let id = RequestID()
    let first = try await world.admin.send(create, browser.call(id: id))
    let again = try await world.admin.send(create, browser.call(id: id))
    guard case .created(let made) = first, case .created(let repeated) = again else {
      Issue.record("\(first) \(again)")
      return
    }
    #expect(made.secret == repeated.secret)
    guard case .created = try await world.admin.send(create, browser.call()) else {
      Issue.record("who sets up several apps is asked once")
      return
    }
    try await world.sql("UPDATE proofs SET expires_at = expires_at - interval '5 minutes'")
    #expect(try await world.admin.send(create, browser.call()) == .denied(.proofRequired))
    guard case .client(let client) = try await world.admin.send(Admin.GetClient(id: "grafana"), browser.call()) else {
      return
    }
    #expect(client.secrets.count == 3)
    let delete = Admin.DeleteClientSecret(clientID: "grafana", secretID: made.details.id)
    #expect(try await world.admin.send(delete, browser.call()) == .deleted)
    #expect(try await world.admin.send(delete, browser.call()) == .notFound)
  }
}
