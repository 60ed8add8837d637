import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct GroupTests {
  private struct Surprise: Error {}

  private func start() async throws -> (World, Browser, User) {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    return (world, browser, user)
  }

  private func make(_ name: String, _ world: World, _ browser: Browser) async throws -> Admin.GroupDetail {
    let create = Admin.CreateGroup(name: name, friendlyName: name.capitalized)
    guard case .changed(let group) = try await world.admin.send(create, browser.call()) else { throw Surprise() }
    return group
  }

  @Test("a group is made, read, listed, renamed and deleted, and the record says each")
  func life() async throws {
    let (world, browser, _) = try await start()
    let id = RequestID()
    let create = Admin.CreateGroup(name: " family ", friendlyName: "Family")
    guard case .changed(let made) = try await world.admin.send(create, browser.call(id: id)) else {
      throw Surprise()
    }
    #expect(made.group.name == "family" && made.group.userCount == 0)
    #expect(try await world.admin.send(create, browser.call(id: id)) == .changed(made), "repeated")
    #expect(try await world.admin.send(create, browser.call()) == .nameTaken)
    let rename = Admin.UpdateGroup(id: made.group.id, name: "clan", friendlyName: "Clan")
    guard case .changed(let renamed) = try await world.admin.send(rename, browser.call()) else {
      throw Surprise()
    }
    #expect(renamed.group.name == "clan")
    guard
      case .groups(let page) = try await world.admin.send(Admin.ListGroups(page: .init(search: "CLA")), browser.call())
    else { throw Surprise() }
    #expect(page.items.map(\.name) == ["clan"] && page.total == 1)
    #expect(try await world.admin.send(Admin.DeleteGroup(id: made.group.id), browser.call()) == .deleted)
    #expect(try await world.admin.send(Admin.GetGroup(id: made.group.id), browser.call()) == .notFound)
    #expect(try await world.admin.send(Admin.DeleteGroup(id: made.group.id), browser.call()) == .notFound)
    let events = try await world.recorded().map(\.event).filter { $0.hasPrefix("GROUP_") }
    #expect(events == ["GROUP_CREATED", "GROUP_UPDATED", "GROUP_DELETED"])
    #expect(try await world.recorded().last?.changes?.contains("clan") == true)
  }

  @Test("a name in use is refused when a group is renamed, too")
  func nameTaken() async throws {
    let (world, browser, _) = try await start()
    _ = try await make("one", world, browser)
    let two = try await make("two", world, browser)
    let rename = Admin.UpdateGroup(id: two.group.id, name: "one", friendlyName: "Two")
    #expect(try await world.admin.send(rename, browser.call()) == .nameTaken)
  }

  @Test(
    "names that cannot be are refused field by field",
    arguments: [
      ("", "Family", "name"), ("f", "Family", "name"), ("family", "F", "friendlyName"),
      ("family", String(repeating: "x", count: 51), "friendlyName"), ("fam\u{0}ily", "Family", "name"),
      (String(repeating: "x", count: 256), "Family", "name"),
    ])
  func problems(name: String, friendlyName: String, field: String) async throws {
    let (world, browser, _) = try await start()
    let create = Admin.CreateGroup(name: name, friendlyName: friendlyName)
    guard case .invalid(let problems) = try await world.admin.send(create, browser.call()) else {
      throw Surprise()
    }
    #expect(problems.map(\.field) == [field])
  }

  @Test("members are set, added and removed one by one, found by name, and recorded by name")
  func members() async throws {
    let (world, browser, ada) = try await start()
    let group = try await make("family", world, browser)
    try await world.sql(
      """
      INSERT INTO users (id, username, email, display_name) SELECT gen_random_uuid(), 'user' || n, 'u' || n || '@x.example',
        'Person ' || n FROM generate_series(1, 30) n
      """)
    let id = group.group.id
    func list(_ members: Bool, _ search: String? = nil) async throws -> Admin.Page<User> {
      let message = Admin.ListMembers(id: id, members: members, page: .init(search: search))
      guard case .users(let page) = try await world.admin.send(message, browser.call()) else { throw Surprise() }
      return page
    }
    let someone = try #require(try await list(false, "person 17").items.first)
    for _ in 0..<2 {
      #expect(
        try await world.admin.send(Admin.ChangeMember(id: id, user: someone.id, isMember: true), browser.call())
          == .changed)
    }
    #expect(try await list(true).items.map(\.username) == ["user17"])
    #expect(try await list(false).total == 30, "everybody else, the administrator among them")
    let set = Admin.SetMembers(id: id, users: [ada.id, ada.id])
    guard case .changed(let changed) = try await world.admin.send(set, browser.call()) else { throw Surprise() }
    #expect(changed.users.map(\.username) == ["ada"] && changed.group.userCount == 1)
    let unknown = Admin.SetMembers(id: id, users: [ada.id, UserID(UUID())])
    guard case .invalid(let problems) = try await world.admin.send(unknown, browser.call()) else {
      throw Surprise()
    }
    #expect(problems.map(\.field) == ["userIds[1]"])
    #expect(
      try await world.admin.send(Admin.ChangeMember(id: id, user: UserID(UUID()), isMember: true), browser.call())
        == .notFound)
    let updates = try await world.recorded().filter { $0.event == "GROUP_UPDATED" }
    #expect(updates.count == 2, "what changes nothing is not recorded")
    #expect(updates.last?.changes?.contains("user17") == true && updates.last?.changes?.contains("ada") == true)
  }

  @Test("a client's groups and a group's clients are two sides of one thing")
  func allowed() async throws {
    let (world, browser, _) = try await start()
    let group = try await make("family", world, browser)
    _ = try await browser.createClient(Admin.ClientSettings(name: "Grafana", callbackURLs: []))
    let set = Admin.SetAllowedGroups(clientID: "grafana", groups: [group.group.id])
    guard case .updated(let client) = try await world.admin.send(set, browser.call()) else {
      throw Surprise()
    }
    #expect(client.allowedGroups?.map(\.name) == ["family"] && client.settings.isGroupRestricted == false)
    guard case .clients(let list) = try await world.admin.send(Admin.ListClients(page: .init()), browser.call()) else {
      throw Surprise()
    }
    #expect(list.items.first?.allowedGroupsCount == 1)
    guard case .group(let seen) = try await world.admin.send(Admin.GetGroup(id: group.group.id), browser.call()) else {
      throw Surprise()
    }
    #expect(seen.allowedClients.map(\.id) == ["grafana"])
    let none = Admin.SetAllowedClients(id: group.group.id, clientIDs: [])
    guard case .changed(let emptied) = try await world.admin.send(none, browser.call()) else {
      throw Surprise()
    }
    #expect(emptied.allowedClients.isEmpty)
    let unknown = Admin.SetAllowedClients(id: group.group.id, clientIDs: ["grafana", "nobody"])
    guard case .invalid(let problems) = try await world.admin.send(unknown, browser.call()) else {
      throw Surprise()
    }
    #expect(problems.map(\.field) == ["oidcClientIds[1]"])
    #expect(
      try await world.admin.send(Admin.SetAllowedGroups(clientID: "nobody", groups: []), browser.call()) == .notFound)
  }

  @Test("custom claims are replaced, suggested by how often they are used, and refused by name")
  func claims() async throws {
    let (world, browser, ada) = try await start()
    let group = try await make("family", world, browser)
    func set(_ owner: Admin.ClaimOwner, _ claims: [(String, String)]) async throws -> Admin.SetCustomClaims.Response {
      let message = Admin.SetCustomClaims(owner: owner, claims: claims.map { CustomClaim(key: $0.0, value: $0.1) })
      return try await world.admin.send(message, browser.call())
    }
    let quota = [CustomClaim(key: "quota", value: "5")]
    #expect(try await set(.user(ada.id), [("team", "red"), ("old", "1")]) != .notFound)
    #expect(try await set(.user(ada.id), [(" quota ", "5")]) == .claims(quota))
    #expect(try await set(.group(group.group.id), [("quota", "1"), ("role", "x")]) != .notFound)
    #expect(try await world.admin.send(Admin.SuggestClaims(), browser.call()) == .names(["quota", "role"]))
    for name in ["sub", "groups", "sid", "scope", "at_hash", "rat"] {
      #expect(try await set(.user(ada.id), [(name, "x")]) == .reserved(name))
    }
    #expect(try await set(.user(ada.id), [("a", "1"), ("a", "2")]) == .duplicate("a"))
    #expect(try await set(.user(UserID(UUID())), []) == .notFound)
    guard case .invalid(let problems) = try await set(.user(ada.id), [("", "1"), ("b", "")]) else { throw Surprise() }
    #expect(problems.map(\.field) == ["[0].key", "[1].value"])
    let recorded = try await world.recorded().filter { $0.event == "CUSTOM_CLAIMS_UPDATED" }
    #expect(recorded.count == 3 && recorded[1].changes?.contains("red") == true)
  }

  @Test("people and apps that are none are left out of what an API key sends, and refused by their places from a page")
  func leftOut() async throws {
    let (world, browser, ada) = try await start()
    let group = try await make("family", world, browser).group.id
    _ = try await browser.createClient(Admin.ClientSettings(name: "Grafana", callbackURLs: []))
    let key = try await world.call(key: "a key", of: ada.id)
    let (nobody, nothing) = (UserID(UUID()), GroupID(UUID()))
    let members = Admin.SetMembers(id: group, users: [nobody, ada.id])
    let clients = Admin.SetAllowedClients(id: group, clientIDs: ["nothing", "grafana"])
    let groups = Admin.SetAllowedGroups(clientID: "grafana", groups: [nothing, group])
    let link = Admin.CreateSignupLink(lifetimeSeconds: 3600, usageLimit: 1, groups: [nothing, group])
    guard case .invalid(let people) = try await world.admin.send(members, browser.call()),
      case .invalid(let apps) = try await world.admin.send(clients, browser.call()),
      case .invalid(let places) = try await world.admin.send(groups, browser.call()),
      case .invalid(let joined) = try await world.admin.send(link, browser.call())
    else { throw Surprise() }
    #expect(
      (people + apps + places + joined).map(\.field) == [
        "userIds[0]", "oidcClientIds[0]", "userGroupIds[0]", "userGroupIds",
      ])
    guard case .changed(let detail) = try await world.admin.send(members, key),
      case .changed(let allowed) = try await world.admin.send(clients, key),
      case .updated(let client) = try await world.admin.send(groups, key),
      case .created(let made) = try await world.admin.send(link, key)
    else { throw Surprise() }
    #expect(detail.users.map(\.id) == [ada.id] && allowed.allowedClients.map(\.id) == ["grafana"])
    #expect(client.allowedGroups?.map(\.id) == [group] && made.groups.map(\.id) == [group])
    #expect(made.groups.allSatisfy { $0.createdAt != nil })
  }

  @Test("nobody but an administrator touches groups, claims and what they allow")
  func denied() async throws {
    let (world, browser, ada) = try await start()
    let group = try await make("family", world, browser)
    try await world.sql("UPDATE users SET is_admin = false")
    let (admin, id) = (world.admin, group.group.id)
    for (call, denial) in [(world.call(), Admin.Denial.notSignedIn), (browser.call(), .notAdministrator)] {
      #expect(try await admin.send(Admin.ListGroups(page: .init()), call) == .denied(denial))
      #expect(try await admin.send(Admin.GetGroup(id: id), call) == .denied(denial))
      #expect(try await admin.send(Admin.CreateGroup(name: "other", friendlyName: "Other"), call) == .denied(denial))
      #expect(try await admin.send(Admin.UpdateGroup(id: id, name: "oo", friendlyName: "Oo"), call) == .denied(denial))
      #expect(try await admin.send(Admin.DeleteGroup(id: id), call) == .denied(denial))
      #expect(try await admin.send(Admin.SetMembers(id: id, users: [ada.id]), call) == .denied(denial))
      #expect(try await admin.send(Admin.ChangeMember(id: id, user: ada.id, isMember: true), call) == .denied(denial))
      #expect(try await admin.send(Admin.ListMembers(id: id, members: true, page: .init()), call) == .denied(denial))
      #expect(try await admin.send(Admin.SetCustomClaims(owner: .group(id), claims: []), call) == .denied(denial))
      #expect(try await admin.send(Admin.SuggestClaims(), call) == .denied(denial))
      #expect(try await admin.send(Admin.SetAllowedGroups(clientID: "x", groups: []), call) == .denied(denial))
      #expect(try await admin.send(Admin.SetAllowedClients(id: id, clientIDs: []), call) == .denied(denial))
    }
  }
}
