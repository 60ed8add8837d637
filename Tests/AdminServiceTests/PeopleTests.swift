import AdminService
import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import SMTP
import ServiceWorld
import Store
import Testing

@Suite struct PeopleTests {
  private func account(
    _ username: String, email: String? = "", isAdmin: Bool = false, disabled: Bool = false
  ) -> Admin.Account {
    Admin.Account(
      profile: Profile(
        username: username, email: email == "" ? "\(username)@example.com" : email, firstName: "Grace",
        lastName: "Hopper"), emailVerified: true, isAdmin: isAdmin, disabled: disabled)
  }

  private func created(
    _ message: Admin.CreateUser, _ browser: Browser, id: RequestID = RequestID()
  ) async throws -> User {
    let answer = try await browser.world.admin.send(message, browser.call(id: id))
    guard case .created(let user) = answer else { throw NotCreated(answer: "\(answer)") }
    return user
  }

  private func problems(_ answer: Admin.CreateUser.Response) -> [String] {
    guard case .invalid(let problems) = answer else { return ["\(answer)"] }
    return problems.map { "\($0.field) \($0.code)" }
  }

  private func world(losesAnswers: Bool = true) async throws -> (world: World, browser: Browser, ada: User) {
    let world = try await World(losesAnswers: losesAnswers)
    var browser = Browser(world)
    let ada = try await browser.setUp()
    return (world, browser, ada)
  }

  @Test("a person is added, read, changed and deleted, and each is recorded with what changed")
  func life() async throws {
    var (world, browser, ada) = try await world()
    try await world.sql(
      "INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(group)', 'family', 'The family')")
    let grace = try await created(.init(account: account("grace"), groups: [groupID]), browser)
    #expect(grace.displayName == "Grace Hopper" && grace.emailVerified && !grace.isAdmin)
    #expect(grace.groups?.map(\.name) == ["family"] && grace.customClaims == [])
    #expect(try await world.admin.send(Admin.GetUser(id: grace.id), browser.call()) == .user(grace))

    var changed = account("grace")
    changed.profile.lastName = "Murray"
    changed.profile.email = "murray@example.com"
    changed.emailVerified = false
    try await browser.prove(.emailAddress)
    guard
      case .updated(let after) = try await world.admin.send(
        Admin.UpdateUser(id: grace.id, account: changed), browser.call())
    else {
      Issue.record("she was not changed")
      return
    }
    #expect(after.displayName == "Grace Murray" && !after.emailVerified && after.groups?.count == 1)
    // The same again changes nothing, and the record says nothing.
    _ = try await world.admin.send(Admin.UpdateUser(id: grace.id, account: changed), browser.call())

    #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call()) == .deleted)
    #expect(try await world.admin.send(Admin.GetUser(id: grace.id), browser.call()) == .notFound)
    #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call()) == .notFound)

    let entries = try await world.database.read(Recorded(user: grace.id))
    #expect(entries.map(\.event) == ["USER_CREATED", "USER_UPDATED", "USER_DELETED"])
    #expect(entries.allSatisfy { $0.actor == ada.username && $0.username == "grace" })
    #expect(
      entries[1].changes == [
        "displayName": ["before": "Grace Hopper", "after": "Grace Murray"],
        "lastName": ["before": "Hopper", "after": "Murray"],
        "email": ["before": "grace@example.com", "after": "murray@example.com"],
        "emailVerified": ["before": true, "after": false],
      ])
  }

  private let group = "11111111-2222-4333-8444-555555555555"
  private var groupID: GroupID { GroupID(UUID(uuidString: group) ?? UUID()) }

  @Test("the same request adds, and deletes, once")
  func repeated() async throws {
    let (world, browser, _) = try await world()
    let id = RequestID()
    let first = try await created(.init(account: account("grace")), browser, id: id)
    let again = try await created(.init(account: account("grace")), browser, id: id)
    #expect(first == again)
    let deletion = RequestID()
    for _ in 1...2 {
      #expect(try await world.admin.send(Admin.DeleteUser(id: first.id), browser.call(id: deletion)) == .deleted)
    }
    #expect(try await world.admin.send(Admin.DeleteUser(id: first.id), browser.call()) == .notFound)
  }

  @Test("a chosen id is kept, and had once")
  func chosenID() async throws {
    let (world, browser, _) = try await world()
    let id = UserID(UUID())
    #expect(try await created(.init(id: id, account: account("grace")), browser).id == id)
    let taken = try await world.admin.send(Admin.CreateUser(id: id, account: account("hedy")), browser.call())
    #expect(problems(taken) == ["id taken"])
  }

  @Test("names and addresses are had once, whatever their case, and a username is nobody else's address")
  func unique() async throws {
    let (world, browser, _) = try await world()
    _ = try await created(.init(account: account("grace")), browser)
    func refusal(_ account: Admin.Account) async throws -> [String] {
      problems(try await world.admin.send(Admin.CreateUser(account: account), browser.call()))
    }
    #expect(try await refusal(account("GRACE", email: "other@example.com")) == ["username taken"])
    #expect(try await refusal(account("hedy", email: "Grace@Example.COM")) == ["email taken"])
    #expect(try await refusal(account("grace", email: "grace@example.com")) == ["username taken", "email taken"])
    #expect(try await refusal(account("grace@example.com", email: "x@example.com")) == ["username taken"])
    _ = try await created(.init(account: account("bo@work.example", email: "bo@example.com")), browser)
    #expect(try await refusal(account("hedy", email: "BO@work.example")) == ["email taken"])
    #expect(try await refusal(account("hedy", email: nil)) == ["email required"])
    #expect(try await refusal(account("-", email: "x@example.com")) == ["username invalid"])
    try await world.sql("UPDATE settings SET chosen = '{\"requireUserEmail\": \"false\"}'")
    #expect(try await created(.init(account: account("hedy", email: nil)), browser).email == nil)
  }

  @Test("who gives up a name keeps it for thirty days: another may not have it, they may take it back")
  func retired() async throws {
    var (world, browser, _) = try await world()
    let grace = try await created(.init(account: account("grace")), browser)
    try await browser.prove(.emailAddress)
    let renamed = Admin.UpdateUser(id: grace.id, account: account("hopper"))
    guard case .updated = try await world.admin.send(renamed, browser.call()) else {
      Issue.record("she was not renamed")
      return
    }
    let wish = Admin.CreateUser(account: account("Grace"))
    #expect(
      problems(try await world.admin.send(wish, browser.call())) == ["username retired", "email retired"])
    let back = Admin.UpdateUser(id: grace.id, account: account("grace"))
    try await browser.prove(.emailAddress)
    guard case .updated = try await world.admin.send(back, browser.call()) else {
      Issue.record("she did not get her name back")
      return
    }
    #expect(problems(try await world.admin.send(wish, browser.call())) == ["username taken", "email taken"])
    #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call()) == .deleted)
    #expect(
      problems(try await world.admin.send(wish, browser.call())) == ["username retired", "email retired"])
    try await world.sql("UPDATE retired_names SET free_at = now() - interval '1 second'")
    #expect(try await created(wish, browser).username == "Grace")
  }

  @Test("an administrator who says so takes a name that is kept for somebody else, and the record says it")
  func takenOver() async throws {
    var (world, browser, _) = try await world()
    let grace = try await created(.init(account: account("grace")), browser)
    #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call()) == .deleted)
    let heir = try await created(.init(account: account("grace"), takesRetiredNames: true), browser)
    let hedy = try await created(.init(account: account("hedy")), browser)
    #expect(try await world.admin.send(Admin.DeleteUser(id: hedy.id), browser.call()) == .deleted)
    let renamed = Admin.UpdateUser(id: heir.id, account: account("hedy"), takesRetiredNames: true)
    try await browser.prove(.emailAddress)
    guard case .updated = try await world.admin.send(renamed, browser.call()) else {
      Issue.record("she was not renamed")
      return
    }
    let entries = try await world.database.read(Recorded(user: heir.id))
    #expect(entries.map(\.takenOver) == ["email, username", "email, username"])
    // Hers by now: nobody takes a name from whoever has it.
    let wish = Admin.CreateUser(account: account("hedy"), takesRetiredNames: true)
    #expect(problems(try await world.admin.send(wish, browser.call())) == ["username taken", "email taken"])
    let own = Profile(username: "grace", email: "hedy@example.com", firstName: "", lastName: "")
    guard
      case .updated = try await world.admin.send(
        Admin.UpdateOwnProfile(profile: own), world.call(key: "hers", of: heir.id))
    else {
      Issue.record("she did not get back what is kept for her")
      return
    }
  }

  @Test("people do not take each other's former names, whoever made them free")
  func ownRename() async throws {
    let (world, browser, _) = try await world()
    let grace = try await created(.init(account: account("grace")), browser)
    let hedy = try await created(.init(account: account("hedy")), browser)
    #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call()) == .deleted)
    let own = Profile(username: "grace", email: "hedy@example.com", firstName: "", lastName: "")
    let call = world.call(session: try await world.session(of: hedy.id))
    guard case .invalid(let problems) = try await world.admin.send(Admin.UpdateOwnProfile(profile: own), call) else {
      Issue.record("she has the name")
      return
    }
    #expect(problems.map(\.code) == ["retired"])
  }

  @Test("groups that are none are left out of what an API key sends, and refused from a page")
  func leftOut() async throws {
    let (world, browser, ada) = try await world()
    try await world.sql(
      "INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(group)', 'family', 'The family')")
    let groups = [groupID, GroupID(UUID())]
    let key = try await world.call(key: "a key", of: ada.id)
    guard
      case .created(let grace) = try await world.admin.send(
        Admin.CreateUser(account: account("grace"), groups: groups), key)
    else {
      Issue.record("she was not made")
      return
    }
    #expect(grace.groups?.map(\.name) == ["family"])
    guard case .updated(let ada) = try await world.admin.send(Admin.SetUserGroups(id: ada.id, groups: groups), key)
    else {
      Issue.record("her groups were not set")
      return
    }
    #expect(ada.groups?.map(\.name) == ["family"])
    #expect(
      problems(try await world.admin.send(Admin.CreateUser(account: account("hedy"), groups: groups), browser.call()))
        == ["userGroupIds invalid"])
  }

  @Test("the static key takes down the last administrator who can sign in, and stays one itself")
  func staticKey() async throws {
    let (world, browser, ada) = try await world()
    let robot = try await created(.init(account: account("robot")), browser)
    let key = try await world.call(key: "static", of: robot.id)
    try await world.sql("UPDATE users SET is_admin = true WHERE id = '\(robot.id)'")
    let other = try await world.call(key: "another", of: robot.id)
    try await world.sql(
      "UPDATE api_keys SET is_static = true WHERE id = (SELECT id FROM api_keys ORDER BY created_at LIMIT 1)")
    let demoted = Admin.UpdateUser(id: ada.id, account: account("ada"))
    #expect(
      try await world.admin.send(demoted, other) == .refused(.lastAdministrator), "another key of the same owner")
    #expect(try await world.admin.send(Admin.DeleteUser(id: robot.id), key) == .refused(.ownAccount))
    #expect(
      try await world.admin.send(Admin.UpdateUser(id: robot.id, account: account("robot")), key)
        == .refused(.ownAccount))
    guard case .updated(let after) = try await world.admin.send(demoted, key) else {
      Issue.record("she was not demoted")
      return
    }
    #expect(!after.isAdmin)
    #expect(try await world.admin.send(Admin.DeleteUser(id: ada.id), key) == .deleted)
  }

  @Test("a display name that is said to be empty stays so, and whoever is shown has a name all the same")
  func emptyDisplayName() async throws {
    let (_, browser, _) = try await world()
    var nameless = account("grace")
    nameless.profile.displayName = " "
    let grace = try await created(.init(account: nameless), browser)
    #expect(grace.displayName == "" && grace.nameToShow == "Grace Hopper")
    #expect(try await created(.init(account: account("hedy")), browser).displayName == "Grace Hopper")
  }

  @Test("a page past the end of a list is the last, and the only one of an empty list is the first")
  func pastTheEnd() async throws {
    let (world, browser, _) = try await world()
    for name in ["grace", "hedy"] { _ = try await created(.init(account: account(name)), browser) }
    func page(_ request: Admin.PageRequest) async throws -> [Int] {
      guard case .users(let page) = try await world.admin.send(Admin.ListUsers(page: request), browser.call()) else {
        return []
      }
      return [page.page, page.items.count, page.total]
    }
    #expect(try await page(.init(page: 99, limit: 2)) == [2, 1, 3])
    #expect(try await page(.init(page: 99, limit: 3)) == [1, 3, 3])
    #expect(try await page(.init(page: 99, search: "nobody")) == [1, 0, 0])
    // A list whose statement counts in its rows.
    for name in ["one", "two", "three"] {
      try await world.sql(
        "INSERT INTO user_groups (id, name, friendly_name) VALUES (gen_random_uuid(), '\(name)', 'x')")
    }
    guard
      case .groups(let groups) = try await world.admin.send(
        Admin.ListGroups(page: .init(page: 7, limit: 2)), browser.call())
    else {
      Issue.record("there is no list")
      return
    }
    #expect(groups.page == 2 && groups.items.count == 1 && groups.total == 3)
  }

  @Test("making an administrator, and enabling one, needs a fresh proof, which is used up")
  func proof() async throws {
    var (world, browser, _) = try await world()
    let wish = Admin.CreateUser(account: account("grace", isAdmin: true))
    #expect(try await world.admin.send(wish, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.clientSecret)
    #expect(try await world.admin.send(wish, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.newAdministrator)
    let grace = try await created(wish, browser)
    let hedy = try await created(.init(account: account("hedy")), browser)
    let promotion = Admin.UpdateUser(id: hedy.id, account: account("hedy", isAdmin: true))
    #expect(try await world.admin.send(promotion, browser.call()) == .denied(.proofRequired))
    let disabled = Admin.UpdateUser(id: grace.id, account: account("grace", isAdmin: true, disabled: true))
    guard case .updated = try await world.admin.send(disabled, browser.call()) else {
      Issue.record("disabling needs no proof")
      return
    }
    let enabled = Admin.UpdateUser(id: grace.id, account: account("grace", isAdmin: true))
    #expect(try await world.admin.send(enabled, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.newAdministrator)
    guard case .updated = try await world.admin.send(enabled, browser.call()) else {
      Issue.record("the proof did not do")
      return
    }
  }

  @Test(
    "changing where somebody's codes are mailed needs a fresh proof of its own; whoever had the address hears of it")
  func address() async throws {
    var (world, browser, _) = try await world()
    try await world.configureMail(["requireUserEmail": "false"])
    let grace = try await created(.init(account: account("grace")), browser)
    var moved = account("grace")
    moved.profile.email = "thief@evil.example"
    let update = Admin.UpdateUser(id: grace.id, account: moved)
    #expect(try await world.admin.send(update, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.newAdministrator)
    #expect(try await world.admin.send(update, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.emailAddress)
    guard case .updated(let after) = try await world.admin.send(update, browser.call()) else {
      Issue.record("the proof did not do")
      return
    }
    #expect(after.codesMailedFrom == nil, "an administrator has looked at it")
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.map { "\($0.to)" } == ["grace@example.com"])
    #expect(carrier.sent.first?.text.contains("thief@evil.example") == true)
    // The same address in other letters, or none, leads nowhere.
    moved.profile.email = "THIEF@evil.example"
    guard case .updated = try await world.admin.send(Admin.UpdateUser(id: grace.id, account: moved), browser.call())
    else {
      Issue.record("the case of letters needs no proof")
      return
    }
    moved.profile.email = nil
    guard case .updated = try await world.admin.send(Admin.UpdateUser(id: grace.id, account: moved), browser.call())
    else {
      Issue.record("taking an address away needs no proof")
      return
    }
    #expect(try await world.admin.send(update, browser.call()) == .denied(.proofRequired))
  }

  @Test("an API key makes an administrator without a proof: its own making was proven")
  func key() async throws {
    let (world, _, ada) = try await world()
    let call = try await world.call(key: "a key of the API", of: ada.id)
    guard
      case .created(let user) = try await world.admin.send(
        Admin.CreateUser(account: account("grace", isAdmin: true)), call)
    else {
      Issue.record("it was not made")
      return
    }
    #expect(user.isAdmin)
    #expect(try await world.database.read(Recorded(user: user.id)).map(\.key) == [true])
  }

  @Test("the last administrator stays one, and nobody shuts themselves out")
  func lastAdministrator() async throws {
    var (world, browser, ada) = try await world()
    let demoted = Admin.UpdateUser(id: ada.id, account: account("ada"))
    let disabled = Admin.UpdateUser(id: ada.id, account: account("ada", isAdmin: true, disabled: true))
    func expect(_ refusal: Admin.AccountRefusal) async throws {
      #expect(try await world.admin.send(demoted, browser.call()) == .refused(refusal))
      #expect(try await world.admin.send(disabled, browser.call()) == .refused(refusal))
      #expect(try await world.admin.send(Admin.DeleteUser(id: ada.id), browser.call()) == .refused(refusal))
    }
    try await expect(.lastAdministrator)
    // Who cannot sign in administers nothing.
    try await browser.prove(.newAdministrator)
    let grace = try await created(.init(account: account("grace", isAdmin: true, disabled: true)), browser)
    try await expect(.lastAdministrator)
    try await world.sql("UPDATE users SET disabled = false WHERE id = '\(grace.id)'")
    try await expect(.ownAccount)
    let other = Admin.UpdateUser(id: grace.id, account: account("grace"))
    guard case .updated = try await world.admin.send(other, browser.call()) else {
      Issue.record("another administrator can be demoted")
      return
    }
    try await expect(.lastAdministrator)
  }

  @Test("two administrators who demote each other at once leave one")
  func race() async throws {
    // Who was demoted meanwhile is told so when they ask again.
    let (world, browser, ada) = try await world(losesAnswers: false)
    let grace = try await created(.init(account: account("grace")), browser)
    try await world.sql("UPDATE users SET is_admin = true")
    let hers = try await world.call(key: "hers", of: grace.id)
    let (mine, admin) = (browser.call(), world.admin)
    async let first = admin.send(Admin.UpdateUser(id: grace.id, account: account("grace")), mine)
    async let second = admin.send(Admin.UpdateUser(id: ada.id, account: account("ada")), hers)
    let answers = [try await first, try await second]
    #expect(
      answers.filter { if case .updated = $0 { true } else { false } }.count == 1, "\(answers)")
  }

  @Test("disabling ends sessions and authorizations for good, deleting takes them along")
  func ending() async throws {
    let (world, browser, _) = try await world()
    let grace = try await created(.init(account: account("grace")), browser)
    let session = try await world.session(of: grace.id)
    let key = try await world.call(key: "hers", of: grace.id)
    #expect(try await world.auth.send(Auth.CurrentUser(), world.call(session: session)) == .user(grace))
    #expect(try await world.auth.send(Auth.CurrentUser(), key) == .user(grace))
    var gone = account("grace", disabled: true)
    guard
      case .updated = try await world.admin.send(Admin.UpdateUser(id: grace.id, account: gone), browser.call())
    else { return }
    #expect(try await world.auth.send(Auth.CurrentUser(), world.call(session: session)) == .notSignedIn)
    #expect(try await world.auth.send(Auth.CurrentUser(), key) == .notSignedIn)
    #expect(try await world.admin.send(Admin.UpdateOwnProfile(profile: gone.profile), key) == .denied(.notSignedIn))
    gone.disabled = false
    _ = try await world.admin.send(Admin.UpdateUser(id: grace.id, account: gone), browser.call())
    #expect(
      try await world.auth.send(Auth.CurrentUser(), world.call(session: session)) == .notSignedIn,
      "what was ended stays so")
    #expect(try await world.auth.send(Auth.CurrentUser(), key) != .notSignedIn)
    let another = try await world.session(of: grace.id)
    _ = try await world.admin.send(Admin.DeleteUser(id: grace.id), browser.call())
    #expect(try await world.auth.send(Auth.CurrentUser(), world.call(session: another)) == .notSignedIn)
    #expect(try await world.auth.send(Auth.CurrentUser(), key) == .notSignedIn)
  }

  @Test("a person is put into exactly the groups that are named, all of which exist")
  func groups() async throws {
    let (world, browser, _) = try await world()
    try await world.sql(
      """
      INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(group)', 'family', 'The family'),
        (gen_random_uuid(), 'friends', 'Friends')
      """)
    let grace = try await created(.init(account: account("grace")), browser)
    func names(_ groups: [GroupID]) async throws -> [String] {
      let answer = try await world.admin.send(Admin.SetUserGroups(id: grace.id, groups: groups), browser.call())
      guard case .updated(let user) = answer else { return ["\(answer)"] }
      return (user.groups ?? []).map(\.name)
    }
    #expect(try await names([groupID]) == ["family"])
    #expect(try await names([groupID]) == ["family"])
    guard
      case .invalid(let problems) = try await world.admin.send(
        Admin.SetUserGroups(id: grace.id, groups: [groupID, GroupID(UUID())]), browser.call())
    else {
      Issue.record("a group that is none was accepted")
      return
    }
    #expect(problems.map(\.field) == ["userGroupIds"])
    #expect(try await names([]) == [])
    let entries = try await world.database.read(Recorded(user: grace.id)).dropFirst()
    #expect(
      entries.map(\.changes) == [
        ["groups": ["before": [], "after": ["family"]]], ["groups": ["before": ["family"], "after": []]],
      ])
  }

  @Test("nobody but an administrator sees or changes people")
  func denied() async throws {
    let (world, browser, _) = try await world()
    let grace = try await created(.init(account: account("grace")), browser)
    let hers = world.call(session: try await world.session(of: grace.id))
    for (call, denial) in [(world.call(), Admin.Denial.notSignedIn), (hers, .notAdministrator)] {
      #expect(try await world.admin.send(Admin.ListUsers(page: .init()), call) == .denied(denial))
      #expect(try await world.admin.send(Admin.GetUser(id: grace.id), call) == .denied(denial))
      #expect(try await world.admin.send(Admin.CreateUser(account: account("x1")), call) == .denied(denial))
      let rise = Admin.UpdateUser(id: grace.id, account: account("grace", isAdmin: true))
      #expect(try await world.admin.send(rise, call) == .denied(denial))
      #expect(try await world.admin.send(Admin.DeleteUser(id: grace.id), call) == .denied(denial))
      #expect(try await world.admin.send(Admin.SetUserGroups(id: grace.id, groups: []), call) == .denied(denial))
    }
  }

  @Test("lists are searched, filtered, sorted and paged, and say how many there are in all")
  func lists() async throws {
    let (world, browser, _) = try await world()
    for name in ["grace", "hedy", "mary_jane", "zoe"] { _ = try await created(.init(account: account(name)), browser) }
    try await world.sql(
      "UPDATE users SET disabled = username = 'zoe', first_name = CASE username WHEN 'hedy' THEN 'Ülkü' ELSE first_name END"
    )
    func found(
      _ page: Admin.PageRequest, _ filter: Admin.UserFilter = .init()
    ) async throws -> (names: [String], total: Int) {
      guard
        case .users(let users) = try await world.admin.send(Admin.ListUsers(page: page, filter: filter), browser.call())
      else { return ([], -1) }
      return (users.items.map(\.username), users.total)
    }
    #expect(try await found(.init(search: "GRACE@")) == (["grace"], 1))
    #expect(try await found(.init(search: "ÜLKÜ")) == (["hedy"], 1))
    #expect(try await found(.init(search: "%")) == ([], 0), "a percent sign is looked for as it is")
    #expect(try await found(.init(search: "y_j")) == (["mary_jane"], 1))
    #expect(try await found(.init(), .init(disabled: true)) == (["zoe"], 1))
    #expect(try await found(.init(), .init(isAdmin: true, disabled: false)) == (["ada"], 1))
    for column in [
      "username", "email", "firstName", "lastName", "displayName", "createdAt", "isAdmin", "disabled",
      "emailVerified", "nonsense",
    ] {
      let up = try await found(.init(limit: 100, sortColumn: column))
      let down = try await found(.init(limit: 100, sortColumn: column, descending: true))
      #expect(up.total == 5 && down.names == up.names.reversed(), "\(column)")
    }
    let second = try await found(.init(page: 2, limit: 2, sortColumn: "username"))
    #expect(second == (["hedy", "mary_jane"], 5))
    #expect(try await found(.init(page: 3, limit: 2, sortColumn: "username")) == (["zoe"], 5))
    #expect(try await found(.init(page: 4, limit: 2, sortColumn: "username")) == (["zoe"], 5), "the last page")
    #expect(try await found(.init(page: .max, limit: 100)).names.count == 5)
  }
}

private struct NotCreated: Error {
  let answer: String
}

/// Entries about a person, oldest first.
struct Recorded: Statement {
  struct Row: Sendable {
    let event: String
    let username: String?
    let actor: String?
    let key: Bool
    let changes: JSONValue
    let takenOver: String?
  }

  static let sql = """
    SELECT event, username, actor_name, api_key_id IS NOT NULL, coalesce(changes, '{}'), data->>'takenOver' FROM audit_log
    WHERE user_id = $1 AND event LIKE 'USER_%' ORDER BY created_at
    """

  let user: UserID

  var bindings: Bindings { Bindings(user.uuid) }

  static func decode(_ row: inout RowReader) throws(RowError) -> Row {
    let event: String = try row.next()
    let username: String? = try row.next()
    let actor: String? = try row.next()
    let key: Bool = try row.next()
    let text: JSONText = try row.next()
    let changes = (try? JSONDecoder().decode(JSONValue.self, from: Data(text.text.utf8))) ?? .null
    return Row(
      event: event, username: username, actor: actor, key: key, changes: changes, takenOver: try row.next())
  }
}
