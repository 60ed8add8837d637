import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
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
    guard case .signedIn(let found, let session) = try await world.auth.send(Auth.CurrentSession(), browser.call())
    else {
      Issue.record("nobody is signed in")
      return
    }
    #expect(found == user)
    #expect(session.amr == ["phr", "pop", "user", "mfa"])
    #expect(try await world.auth.send(Auth.SetupStatus(), world.call()) == .closed)
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    #expect(
      try await world.auth.send(Auth.BeginSetup(profile: profile, isFromThisMachine: true), world.call()) == .closed)
    let nothing = Auth.CeremonyAnswer(credential: "{}", state: nil)
    #expect(try await world.auth.send(Auth.FinishSetup(answer: nothing), world.call()) == .closed)
  }

  @Test("of many who finish set-up at once, exactly one wins")
  func race() async throws {
    let world = try await World()
    var answers: [Auth.CeremonyAnswer] = []
    for number in 0..<8 {
      let profile = Profile(username: "user\(number)", email: nil, firstName: "", lastName: "")
      guard
        case .begun(let ceremony) = try await world.auth.send(
          Auth.BeginSetup(profile: profile, isFromThisMachine: true), world.call())
      else {
        Issue.record("set-up did not begin")
        return
      }
      var authenticator = SoftAuthenticator(origin: World.appURL)
      answers.append(
        Auth.CeremonyAnswer(credential: try authenticator.create(ceremony.options), state: ceremony.state))
    }
    let outcomes = try await withThrowingTaskGroup(of: Auth.FinishSetup.Response.self) { [answers] group in
      for answer in answers {
        group.addTask { try await world.auth.send(Auth.FinishSetup(answer: answer), world.call()) }
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
    #expect(try await world.auth.send(Auth.SetupStatus(), world.call()) == .closed)
    try await world.sql("UPDATE instance SET setup_open_until = now() + interval '1 hour'")
    #expect(try await world.auth.send(Auth.SetupStatus(), world.call()) == .open)
  }

  @Test(
    "whoever does not sit at the machine shows the code from the log, in whatever letters; it opens what is open only")
  func code() async throws {
    let world = try await World()
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    func problems(_ code: String?, isFromThisMachine: Bool? = false) async throws -> [String] {
      let begin = Auth.BeginSetup(
        profile: profile, code: code.map { Secret($0) }, isFromThisMachine: isFromThisMachine)
      switch try await world.auth.send(begin, world.call()) {
      case .invalid(let problems): return problems.map { "\($0.field) \($0.code)" }
      case .begun: return []
      case .closed: return ["closed"]
      }
    }
    let code = try await world.setupCode()
    for missing in [nil, ""] { #expect(try await problems(missing) == ["code required"]) }
    #expect(try await problems(nil, isFromThisMachine: nil) == ["code required"], "a gateway that does not say")
    for wrong in ["AAAA-AAAA-AAAA", String(code.dropLast()), code + code, String(repeating: "A", count: 4000)] {
      #expect(try await problems(wrong) == ["code invalid"])
    }
    for right in [code, code.lowercased(), code.replacing("-", with: " ")] { #expect(try await problems(right) == []) }
    #expect(try await problems(nil, isFromThisMachine: true) == [])
    try await world.sql("UPDATE instance SET setup_open_until = now() - interval '1 second'")
    #expect(try await problems(code) == ["closed"])
  }

  @Test("opened again by command, it makes one more administrator under a free name, and closes; the old code is void")
  func reopened() async throws {
    let world = try await World()
    let old = try await world.setupCode()
    var ada = Browser(world)
    try await ada.setUp()
    let entry = AuditEntry(.setupOpened, world.call())
    _ = try await world.database.write(Instance.ReopenSetup(seconds: 3600, entry: entry))
    let code = try await world.setupCode()
    #expect(code != old)
    var eve = Browser(world)
    func begin(_ username: String, _ code: String) async throws -> Auth.BeginSetup.Response {
      let profile = Profile(username: username, email: nil, firstName: "", lastName: "")
      return try await world.auth.send(Auth.BeginSetup(profile: profile, code: Secret(code)), eve.call())
    }
    guard case .invalid(let stale) = try await begin("eve", old),
      case .invalid(let taken) = try await begin("ADA", code)
    else {
      Issue.record("an old code, or somebody's name, was taken")
      return
    }
    #expect(stale.map(\.field) == ["code"] && taken.map(\.field) == ["username"])
    guard case .begun(let ceremony) = try await begin("eve", code) else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(credential: try eve.authenticator.create(ceremony.options), state: ceremony.state)
    guard case .signedIn(let signedIn) = try await world.auth.send(Auth.FinishSetup(answer: answer), eve.call()) else {
      Issue.record("set-up did not finish")
      return
    }
    #expect(signedIn.user.isAdmin)
    #expect(try await begin("mallory", code) == .closed)
    #expect(try await world.recorded(.setupOpened) == 1)
  }

  @Test("the address is verified where its owner says so, or where all count as verified; where there is none, none is")
  func ownAddress() async throws {
    let cases: [(said: Bool?, all: Bool, email: String?, verified: Bool)] = [
      (nil, false, "ada@example.com", false), (false, false, "ada@example.com", false),
      (true, false, "ada@example.com", true), (nil, true, "ada@example.com", true), (true, true, nil, false),
    ]
    for one in cases {
      let world = try await World()
      if one.all { try await world.choose(["emailsVerified": "true"]) }
      if one.email == nil { try await world.choose(["requireUserEmail": "false"]) }
      var browser = Browser(world)
      let begin = Auth.BeginSetup(
        profile: Profile(username: "ada", email: one.email, firstName: "", lastName: ""), isFromThisMachine: true,
        emailVerified: one.said)
      guard case .begun(let ceremony) = try await world.auth.send(begin, browser.call()) else {
        Issue.record("\(one): set-up did not begin")
        continue
      }
      let answer = Auth.CeremonyAnswer(
        credential: try browser.authenticator.create(ceremony.options), state: ceremony.state)
      guard case .signedIn(let signedIn) = try await world.auth.send(Auth.FinishSetup(answer: answer), browser.call())
      else {
        Issue.record("\(one): set-up did not finish")
        continue
      }
      #expect(signedIn.user.emailVerified == one.verified, "\(one)")
      guard
        case .signedIn(let stored, _) = try await world.auth.send(
          Auth.CurrentSession(), world.call(session: signedIn.token))
      else {
        Issue.record("\(one): nobody is signed in")
        continue
      }
      #expect(stored.emailVerified == one.verified, "\(one)")
    }
  }

  @Test("it counts as a proof for the guide's steps, and for nothing else")
  func guide() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp(keepsProofs: true)
    guard case .begun = try await world.auth.send(Auth.BeginPasskey(), browser.call()) else {
      Issue.record("a second passkey took a proof")
      return
    }
    let link = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 900)
    for _ in 0..<2 {
      guard case .created = try await world.auth.send(link, browser.call()) else {
        Issue.record("a link took a proof")
        return
      }
    }
    #expect(try await world.auth.send(link, browser.call()) == .denied(.proofRequired))
    let key = Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: Date() + 3600)
    #expect(try await world.admin.send(key, browser.call()) == .denied(.proofRequired))
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
    guard
      case .begun(let ceremony) = try await world.auth.send(
        Auth.BeginSetup(profile: profile, isFromThisMachine: true), eve.call())
    else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(credential: try eve.authenticator.create(ceremony.options), state: ceremony.state)
    try await world.sql("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'grace')")
    #expect(try await world.auth.send(Auth.SetupStatus(), world.call()) == .closed)
    #expect(
      try await world.auth.send(Auth.BeginSetup(profile: profile, isFromThisMachine: true), eve.call()) == .closed)
    #expect(try await world.auth.send(Auth.FinishSetup(answer: answer), eve.call()) == .closed)
    try await world.sql("DELETE FROM users WHERE username = 'grace'")
    #expect(try await world.auth.send(Auth.FinishSetup(answer: answer), eve.call()) == .closed)
  }

  @Test("somebody who is being made while a stranger finishes set-up wins")
  func closedMeanwhile() async throws {
    let world = try await World()
    let profile = Profile(username: "eve", email: nil, firstName: "", lastName: "")
    var eve = Browser(world)
    guard
      case .begun(let ceremony) = try await world.auth.send(
        Auth.BeginSetup(profile: profile, isFromThisMachine: true), eve.call())
    else {
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
      let finishing = Task { try await world.auth.send(Auth.FinishSetup(answer: answer), call) }
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
    guard
      case .begun(let ceremony) = try await world.auth.send(
        Auth.BeginSetup(profile: profile, isFromThisMachine: true), browser.call())
    else {
      Issue.record("set-up did not begin")
      return
    }
    let answer = Auth.CeremonyAnswer(
      credential: try browser.authenticator.create(ceremony.options), state: ceremony.state)
    let id = RequestID()
    let first = try await world.auth.send(Auth.FinishSetup(answer: answer), browser.call(id: id))
    let second = try await world.auth.send(Auth.FinishSetup(answer: answer), browser.call(id: id))
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
    guard
      case .invalid(let problems) = try await world.auth.send(
        Auth.BeginSetup(profile: profile, isFromThisMachine: true), world.call())
    else {
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
