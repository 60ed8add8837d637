import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Store
import TestKit
import Testing

@Suite struct SetupTests {
  @Test("set-up makes an administrator, a passkey and a session together, and closes")
  func setUp() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    #expect(user.isAdmin)
    guard case .signedIn(let found, let session) = try await world.auth.currentSession(.init(), browser.call()) else {
      Issue.record("nobody is signed in")
      return
    }
    #expect(found == user)
    #expect(session.amr == ["phr", "pop", "user", "mfa"])
    #expect(try await world.auth.setupStatus(.init(), world.call()) == .closed)
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    #expect(try await world.auth.beginSetup(.init(profile: profile), world.call()) == .closed)
    let nothing = Auth.CeremonyAnswer(credential: "{}", state: nil)
    #expect(try await world.auth.finishSetup(.init(answer: nothing), world.call()) == .closed)
  }

  @Test("of many who finish set-up at once, exactly one wins")
  func race() async throws {
    let world = try await World()
    var answers: [Auth.CeremonyAnswer] = []
    for number in 0..<8 {
      let profile = Profile(username: "user\(number)", email: nil, firstName: "", lastName: "")
      guard case .begun(let ceremony) = try await world.auth.beginSetup(.init(profile: profile), world.call()) else {
        Issue.record("set-up did not begin")
        return
      }
      var authenticator = SoftAuthenticator(origin: World.appURL)
      answers.append(
        Auth.CeremonyAnswer(credential: try authenticator.create(ceremony.options), state: ceremony.state))
    }
    let outcomes = try await withThrowingTaskGroup(of: Auth.FinishSetup.Response.self) { [answers] group in
      for answer in answers {
        group.addTask { try await world.auth.finishSetup(.init(answer: answer), world.call()) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let winners = outcomes.filter { if case .signedIn = $0 { true } else { false } }
    #expect(winners.count == 1)
    #expect(outcomes.filter { $0 == .closed }.count == 7)
  }

  @Test("set-up closes by itself when its time has passed, until the next start")
  func closesByTime() async throws {
    let world = try await World()
    try await world.sql("UPDATE instance SET setup_open_until = now() - interval '1 second'")
    #expect(try await world.auth.setupStatus(.init(), world.call()) == .closed)
    try await world.sql("UPDATE instance SET setup_open_until = now() + interval '1 hour'")
    #expect(try await world.auth.setupStatus(.init(), world.call()) == .open)
  }

  @Test("set-up is closed once the API has made anybody, also when they are gone; a static key's user is nobody")
  func closedByPeople() async throws {
    let world = try await World()
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    var eve = Browser(world)
    try await world.sql(
      """
      INSERT INTO users (id, username, is_admin) VALUES ('00000000-0000-4000-8000-000000000001', 'static', true);
      INSERT INTO api_keys (id, user_id, name, key_hash, is_static, expires_at)
      VALUES (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 'STATIC_API_KEY', '\\x00', true, '9999-12-31')
      """)
    guard case .begun(let ceremony) = try await world.auth.beginSetup(.init(profile: profile), eve.call()) else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(credential: try eve.authenticator.create(ceremony.options), state: ceremony.state)
    try await world.sql("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'grace')")
    #expect(try await world.auth.setupStatus(.init(), world.call()) == .closed)
    #expect(try await world.auth.beginSetup(.init(profile: profile), eve.call()) == .closed)
    #expect(try await world.auth.finishSetup(.init(answer: answer), eve.call()) == .closed)
    try await world.sql("DELETE FROM users WHERE username = 'grace'")
    #expect(try await world.auth.finishSetup(.init(answer: answer), eve.call()) == .closed)
  }

  @Test("somebody who is being made while a stranger finishes set-up wins")
  func closedMeanwhile() async throws {
    let world = try await World()
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    var eve = Browser(world)
    guard case .begun(let ceremony) = try await world.auth.beginSetup(.init(profile: profile), eve.call()) else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(credential: try eve.authenticator.create(ceremony.options), state: ceremony.state)
    let call = eve.call()
    let finished = try await world.database.transaction { transaction in
      _ = try await transaction.first(Users.LockAccounts())
      let account = Admin.Account(
        profile: Profile(username: "grace", email: nil, firstName: "", lastName: ""), emailVerified: false,
        isAdmin: true, disabled: false)
      try await transaction.write(Users.Create(id: UserID(UUID()), account))
      let finishing = Task { try await world.auth.finishSetup(.init(answer: answer), call) }
      // Until it waits for the accounts, having seen nobody.
      try await eventually { try await world.database.read(Waiting()).first == 1 }
      return finishing
    }
    #expect(try await finished.value == .closed)
  }

  @Test("the same request, sent again, is told the same session and makes no second user")
  func replay() async throws {
    let world = try await World()
    var browser = Browser(world)
    let profile = Profile(username: "ada", email: nil, firstName: "", lastName: "")
    guard case .begun(let ceremony) = try await world.auth.beginSetup(.init(profile: profile), browser.call()) else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(
      credential: try browser.authenticator.create(ceremony.options), state: ceremony.state)
    let id = RequestID()
    let first = try await world.auth.finishSetup(.init(answer: answer), browser.call(id: id))
    let second = try await world.auth.finishSetup(.init(answer: answer), browser.call(id: id))
    guard case .signedIn(let one) = first, case .signedIn(let two) = second else {
      Issue.record("\(first) \(second)")
      return
    }
    #expect(one.token == two.token)
    #expect(one.user.id == two.user.id)
  }

  @Test(
    "a profile that cannot be stored is refused field by field",
    arguments: [
      (Profile(username: "", email: nil, firstName: "", lastName: ""), "username"),
      (Profile(username: "-ada", email: nil, firstName: "", lastName: ""), "username"),
      (Profile(username: "ada", email: "no address", firstName: "", lastName: ""), "email"),
      (Profile(username: "ada", email: nil, firstName: "A\u{0}", lastName: ""), "firstName"),
      (Profile(username: "ada", email: nil, firstName: "", lastName: String(repeating: "x", count: 51)), "lastName"),
    ])
  func problems(profile: Profile, field: String) async throws {
    let world = try await World()
    guard case .invalid(let problems) = try await world.auth.beginSetup(.init(profile: profile), world.call()) else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.field) == [field])
  }
}

/// How many wait for `Users.LockAccounts`.
private struct Waiting: Statement {
  static let sql = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}
