import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct ProfileTests {
  @Test("a person edits their own profile; a new e-mail address is unverified")
  func edit() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.sql("UPDATE users SET email_verified = true")
    var profile = Profile(
      username: "Ada", email: "ADA@example.com", firstName: "Ada", lastName: "King", displayName: nil, locale: "zh-CN")
    guard case .updated(let same) = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call())
    else {
      Issue.record("it was not updated")
      return
    }
    #expect(same.emailVerified, "the address is the same without regard to case")
    #expect(same.displayName == "Ada King")
    profile.email = "ada@elsewhere.example"
    guard
      case .updated(let moved) = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call())
    else {
      return
    }
    #expect(!moved.emailVerified)
    #expect(moved.isAdmin)
  }

  @Test("a key of somebody who is no administrator changes their name, and not where codes that sign in are mailed")
  func byKey() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    var profile = Profile(username: "ada", email: "thief@evil.example", firstName: "Ada", lastName: "King")
    try await world.sql("UPDATE users SET is_admin = false")
    let key = try await world.call(key: "hers", of: ada.id)
    guard case .invalid(let problems) = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), key) else {
      Issue.record("the address was changed")
      return
    }
    #expect(problems.map { "\($0.field) \($0.code)" } == ["email forbidden"])
    profile.email = "ADA@example.com"
    guard case .updated(let renamed) = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), key) else {
      Issue.record("the name was not changed")
      return
    }
    #expect(renamed.lastName == "King" && renamed.email == "ADA@example.com")
    // An administrator's key stands for the proof over people.
    try await world.sql("UPDATE users SET is_admin = true")
    profile.email = "ada@elsewhere.example"
    guard case .updated = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), key) else {
      Issue.record("an administrator's key was refused")
      return
    }
  }

  @Test("a person who has changed their account very often this hour waits; what others do to it does not count")
  func often() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    func past(_ count: Int, _ event: String, actor: String) async throws {
      try await world.sql(
        """
        INSERT INTO audit_log (id, event, user_id, actor_id, address, user_agent, data, request_id, created_at)
        SELECT gen_random_uuid(), '\(event)', '\(ada.id)', \(actor), '', '', '{}', '\\x00', now() - interval '10 minutes'
        FROM generate_series(1, \(count))
        """)
    }
    var profile = Profile(username: "ada", email: "ada@example.com", firstName: "Ada", lastName: "King")
    try await past(500, "USER_UPDATED", actor: "gen_random_uuid()")
    try await past(500, "CLIENT_AUTHORIZATION", actor: "NULL")
    try await past(119, "USER_UPDATED", actor: "NULL")
    let last = browser.call()
    guard case .updated = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), last) else {
      Issue.record("there was room")
      return
    }
    profile.lastName = "Lovelace"
    #expect(try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call()) == .tooMany)
    try await world.sql("UPDATE audit_log SET created_at = created_at - interval '1 hour'")
    guard case .updated = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call()) else {
      Issue.record("the hour is over")
      return
    }
  }

  @Test("a name or address that somebody has is refused, whatever its case")
  func taken() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.sql(
      "INSERT INTO users (id, username, email) VALUES (gen_random_uuid(), 'bob', 'bob@example.com')")
    func problems(_ username: String, _ email: String) async throws -> [String] {
      let profile = Profile(username: username, email: email, firstName: "", lastName: "")
      let answer = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call())
      guard case .invalid(let problems) = answer else { return [] }
      return problems.map { "\($0.field) \($0.code)" }
    }
    #expect(try await problems("BOB", "ada@example.com") == ["username taken"])
    #expect(try await problems("ada", "Bob@Example.com") == ["email taken"])
    #expect(try await problems("ada", "nonsense") == ["email invalid"])
  }
}
