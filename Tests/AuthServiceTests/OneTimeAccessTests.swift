import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import TestKit
import Testing

@Suite struct OneTimeAccessTests {
  private let code = "ABCDEF"

  private func world(losesAnswers: Bool = true) async throws -> (World, Browser, User) {
    let world = try await World(losesAnswers: losesAnswers)
    var admin = Browser(world)
    let user = try await admin.setUp()
    return (world, admin, user)
  }

  private func redeem(_ code: String, _ call: Call, _ auth: any MessageSender) async throws
    -> Auth.SignInWithCode.Response
  {
    try await auth.send(Auth.SignInWithCode(code: Secret(code)), call)
  }

  private func isSignedIn(_ outcome: Auth.SignInWithCode.Response) -> Bool {
    if case .signedIn = outcome { true } else { false }
  }

  @Test(
    "an administrator hands a code out after a fresh proof, which it uses up; the same request is told the same code")
  func handOut() async throws {
    var (world, admin, user) = try await world()
    let create = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 900)
    #expect(try await world.auth.send(create, world.call()) == .denied(.notSignedIn))
    #expect(try await world.auth.send(create, admin.call()) == .denied(.proofRequired))
    try await admin.prove(.clientSecret)
    #expect(try await world.auth.send(create, admin.call()) == .denied(.proofRequired))
    try await admin.prove(.oneTimeLink)
    let id = RequestID()
    guard case .created(let one) = try await world.auth.send(create, admin.call(id: id)),
      case .created(let two) = try await world.otherAuth.send(create, admin.call(id: id))
    else {
      Issue.record("no code was made")
      return
    }
    #expect(one == two && one.exposed.count == 6)
    #expect(one.exposed.allSatisfy(ShortCode.alphabet.contains))
    #expect(try await world.auth.send(create, admin.call()) == .denied(.proofRequired))
    #expect(try await world.recorded(.oneTimeLinkCreated) == 1)
    try await admin.prove(.oneTimeLink)
    let long = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 901)
    guard case .created(let longer) = try await world.auth.send(long, admin.call()) else { return }
    #expect(longer.exposed.count == 12)
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.auth.send(create, admin.call()) == .denied(.notAdministrator))
  }

  @Test(
    "an API key hands a code out by its own rights, without a proof; the key of somebody who is no administrator does not"
  )
  func byKey() async throws {
    let (world, _, user) = try await world()
    let key = Secret("a key of the API, for this test alone")
    try await world.sql(
      """
      INSERT INTO api_keys (id, user_id, name, key_hash, expires_at)
      VALUES (gen_random_uuid(), '\(user.id)', 'test', sha256('\(key.exposed)'), now() + interval '1 hour')
      """)
    let create = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 60)
    func ask() async throws -> Auth.CreateOneTimeCode.Response {
      var call = world.call()
      call.caller.apiKey = key
      return try await world.auth.send(create, call)
    }
    guard case .created = try await ask() else {
      Issue.record("the key was refused")
      return
    }
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await ask() == .denied(.notAdministrator))
  }

  @Test(
    "a lifetime of a second or less, or of more than 31 days, is refused",
    arguments: [1, 0, -5, 2_678_401, .nan] as [Double])
  func lifetimes(seconds: Double) async throws {
    let (world, admin, user) = try await world()
    guard
      case .invalid(let problems) = try await world.auth.send(
        Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: seconds), admin.call())
    else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.field) == ["ttl"])
  }

  @Test("of many who bring one code to two instances at once, one signs in")
  func race() async throws {
    let (world, _, user) = try await world()
    try await world.handOut(world.hash(ofCode: code), to: user.id)
    let outcomes = try await withThrowingTaskGroup(of: Auth.SignInWithCode.Response.self) { group in
      for number in 0..<8 {
        group.addTask {
          try await redeem(code, world.call(), number.isMultiple(of: 2) ? world.auth : world.otherAuth)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count(where: isSignedIn) == 1)
    #expect(outcomes.count { $0 == .wrong } == 7)
    #expect(try await world.recorded(.tokenSignIn) == 1)
  }

  @Test(
    "a code lets one passkey be added, which recovers who lost theirs, and proves nothing else (GHSA-hp74-gm6m-2qm5)")
  func recovery() async throws {
    let (world, _, user) = try await world()
    try await world.handOut(world.hash(ofCode: code), to: user.id)
    var person = Browser(world)
    guard case .signedIn(let signedIn) = try await redeem(code, person.call(), world.auth) else {
      Issue.record("the code did not sign in")
      return
    }
    person.session = signedIn.token
    for purpose in [Auth.ProofPurpose.addPasskey, .clientSecret, .newAdministrator, .oneTimeLink, .apiKey] {
      #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: purpose), person.call()) == .stale)
    }
    #expect(
      try await world.auth.send(Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 60), person.call())
        == .denied(.proofRequired))
    guard case .begun(let ceremony) = try await world.auth.send(Auth.BeginPasskey(), person.call()) else {
      Issue.record("the passkey was not begun")
      return
    }
    let answer = Auth.CeremonyAnswer(
      credential: try person.authenticator.create(ceremony.options), state: ceremony.state)
    guard case .added = try await world.auth.send(Auth.FinishPasskey(answer: answer), person.call()) else {
      Issue.record("the passkey was not added")
      return
    }
    #expect(try await world.auth.send(Auth.BeginPasskey(), person.call()) == .proofRequired)
    guard case .signedIn = try await person.signIn() else {
      Issue.record("the new passkey does not sign in")
      return
    }
  }

  @Test("a code that came by mail adds the first passkey of an account, and none to an account that has one")
  func mailedAddsNoSecond() async throws {
    let (world, _, user) = try await world()
    func begins(_ code: String) async throws -> Auth.BeginPasskey.Response {
      try await world.handOut(world.hash(ofCode: code), to: user.id, isMailed: true)
      var person = Browser(world)
      guard case .signedIn(let signedIn) = try await redeem(code, person.call(), world.auth) else {
        throw WorldFailure("the code did not sign in")
      }
      person.session = signedIn.token
      return try await world.auth.send(Auth.BeginPasskey(), person.call())
    }
    #expect(try await begins("ABCDEF") == .proofRequired)
    try await world.sql("DELETE FROM passkeys")
    guard case .begun = try await begins("GHJKMN") else {
      Issue.record("an account without a passkey has no other way to its first")
      return
    }
  }

  @Test("used, expired and unknown codes are told apart by nobody but the record")
  func refusals() async throws {
    let (world, _, user) = try await world()
    #expect(try await redeem("ZZZZZZ", world.call(), world.auth) == .wrong)
    #expect(try await world.recorded(.signInRefused) == 0)
    try await world.handOut(world.hash(ofCode: code), to: user.id)
    try await world.sql("UPDATE one_time_codes SET expires_at = now()")
    #expect(try await redeem(code, world.call(), world.auth) == .wrong)
    #expect(try await world.recorded(.signInRefused) == 1)
  }

  @Test("a disabled person's code signs nobody in")
  func disabled() async throws {
    let (world, _, user) = try await world()
    try await world.handOut(world.hash(ofCode: code), to: user.id)
    try await world.sql("UPDATE users SET disabled = true")
    #expect(try await redeem(code, world.call(), world.auth) == .userDisabled)
    try await world.sql("UPDATE users SET disabled = false")
    #expect(isSignedIn(try await redeem(code, world.call(), world.auth)), "the refusal used nothing up")
  }

  @Test("a code for one browser works there alone")
  func otherBrowser() async throws {
    let (world, admin, user) = try await world()
    try await world.handOut(world.hash(ofCode: code), to: user.id, browser: admin.cookie)
    #expect(try await redeem(code, Browser(world).call(), world.auth) == .anotherBrowser)
    #expect(try await redeem(code, world.call(), world.auth) == .anotherBrowser)
    #expect(isSignedIn(try await redeem(code, admin.call(), world.auth)))
  }

  @Test("five wrong codes from its browser kill a code, on whichever instance")
  func wrongCodes() async throws {
    let (world, admin, user) = try await world()
    try await world.handOut(world.hash(ofCode: code), to: user.id, browser: admin.cookie)
    for number in 0..<5 {
      let auth = number.isMultiple(of: 2) ? world.auth : world.otherAuth
      #expect(try await redeem("WRNG0\(number)", admin.call(), auth) == .wrong)
    }
    #expect(try await redeem(code, admin.call(), world.auth) == .wrong)
  }

  @Test(
    "a network that tries too many codes is refused everywhere, told when to come back, and learns nothing, from loopback too"
  )
  func manyAttempts() async throws {
    // A wrong code whose refusal was lost counts twice: nobody is let in by that, and nothing is stored to prevent it.
    let (world, _, user) = try await world(losesAnswers: false)
    try await world.handOut(world.hash(ofCode: code), to: user.id)
    func call(_ address: String) -> Call {
      var call = world.call()
      call.caller.address = address
      return call
    }
    for number in 0..<30 {
      let auth = number.isMultiple(of: 2) ? world.auth : world.otherAuth
      #expect(try await redeem("W\(number)", call("2001:db8::\(number + 1)"), auth) == .wrong)
    }
    for guess in ["ZZZZZZ", code] {
      guard case .tooMany(let seconds) = try await redeem(guess, call("2001:db8::ffff"), world.otherAuth) else {
        Issue.record("the same network was let on")
        return
      }
      #expect((1...900).contains(seconds))
    }
    #expect(isSignedIn(try await redeem(code, call("2001:db8:0:1::1"), world.auth)))
    for number in 0..<30 { _ = try await redeem("W\(number)", call("127.0.0.1"), world.auth) }
    guard case .tooMany = try await redeem("ZZZZZZ", call("127.0.0.1"), world.auth) else {
      Issue.record("loopback is exempt")
      return
    }
  }

  @Test("nobody uses up the codes by mail of a person who asks from elsewhere; a repeated request mails once")
  func mailed() async throws {
    var (world, admin, user) = try await world()
    try await world.choose([
      "emailOneTimeAccessAsUnauthenticatedEnabled": "true", "emailOneTimeAccessAsAdminEnabled": "true",
    ])
    func ask(from address: String) async throws -> Int {
      var call = admin.call()
      call.caller.address = address
      let before = try await world.mails()
      let ask = Auth.AskForOneTimeCode(email: "ada@example.com", redirect: nil)
      #expect(try await world.auth.send(ask, call) == .heard)
      return try await world.mails() - before
    }
    // The second answer to the first request is lost as well: each is counted, and one mail is posted.
    #expect(try await ask(from: "203.0.113.9") == 1)
    #expect(try await ask(from: "203.0.113.9") == 1)
    #expect(try await ask(from: "203.0.113.9") == 0, "a stranger has had theirs")
    #expect(try await ask(from: "192.0.2.1") == 1, "the person has not")
    try await admin.prove(.oneTimeLink)
    let before = try await world.mails()
    let mail = Auth.MailOneTimeCode(user: user.id, lifetimeSeconds: 900)
    #expect(try await world.auth.send(mail, admin.call()) == .sent)
    #expect(try await world.mails() == before + 1)
    #expect(try await world.auth.send(mail, admin.call()) == .denied(.proofRequired))
  }

  @Test("a sign-in with a passkey under a minute ago proves one named purpose; an older one does not")
  func proofBySignIn() async throws {
    let (world, admin, user) = try await world()
    #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: .clientSecret), admin.call()) == .proven)
    let create = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 60)
    #expect(try await world.auth.send(create, admin.call()) == .denied(.proofRequired))
    let id = RequestID()
    #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: .oneTimeLink), admin.call(id: id)) == .proven)
    #expect(try await world.otherAuth.send(Auth.ProveBySignIn(purpose: .oneTimeLink), admin.call(id: id)) == .proven)
    guard case .created = try await world.auth.send(create, admin.call()) else {
      Issue.record("the proof was not taken")
      return
    }
    #expect(try await world.auth.send(create, admin.call()) == .denied(.proofRequired))
    try await world.sql("UPDATE sessions SET auth_time = now() - interval '61 seconds'")
    #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: .oneTimeLink), admin.call()) == .stale)
    #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: .oneTimeLink), world.call()) == .notSignedIn)
  }
}

struct MembershipCount: Statement {
  static let sql = "SELECT count(*) FROM user_groups_users"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}
