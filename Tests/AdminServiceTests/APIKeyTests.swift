import AdminService
import Foundation
import LatchkeyProtocol
import Postgres
import SMTP
import ServiceWorld
import Store
import Testing

@Suite struct APIKeyTests {
  private let tomorrow = Date(timeIntervalSinceNow: 24 * 3600)

  private func keys(_ answer: Admin.ListAPIKeys.Response) -> [Admin.APIKey] {
    if case .keys(let page) = answer { page.items } else { [] }
  }

  @Test("a key needs a proof of its own, and the same request is told the same key")
  func create() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let message = Admin.CreateAPIKey(name: "Backup", description: " ", expiresAt: tomorrow)
    #expect(try await world.admin.send(message, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.clientSecret)
    #expect(try await world.admin.send(message, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.apiKey)
    let id = RequestID()
    let first = try await world.admin.send(message, browser.call(id: id))
    let second = try await world.admin.send(message, browser.call(id: id))
    #expect(first == second)
    guard case .created(let made) = first else {
      Issue.record("it was not made")
      return
    }
    #expect(made.token.exposed.wholeMatch(of: /lkey_[A-Za-z0-9]{32}/) != nil && made.key.description == nil)
    #expect(try await world.admin.send(message, browser.call()) == .denied(.proofRequired), "it is used up")
    #expect(
      keys(try await world.admin.send(Admin.ListAPIKeys(page: .init()), browser.call())).map(\.name) == ["Backup"])
  }

  @Test(
    "what cannot be a key is refused",
    arguments: [("ab", 24.0), (String(repeating: "x", count: 51), 24.0), ("a\u{7}bc", 24.0), ("Backup", -1.0)])
  func refused(name: String, hours: Double) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.apiKey)
    let message = Admin.CreateAPIKey(
      name: name, description: nil, expiresAt: Date(timeIntervalSinceNow: hours * 3600))
    switch try await world.admin.send(message, browser.call()) {
    case .invalid(let problems): #expect(problems.map(\.field) == ["name"] && hours > 0)
    case .expirationInvalid: #expect(hours < 0)
    default: Issue.record("it was accepted")
    }
  }

  @Test(
    "an administrator's key makes somebody a key of theirs, which they hear of; a session does by proof; a plain key never"
  )
  func ofUser() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    try await world.configureMail()
    try await world.sql(
      "INSERT INTO users (id, username, email) VALUES (gen_random_uuid(), 'grace', 'grace@example.com')")
    let grace = try #require(try await world.database.first(Users.FindByLogin("grace")))
    let create = Admin.CreateAPIKeyOfUser(user: grace.id, name: "Operator", description: nil, expiresAt: tomorrow)
    #expect(try await world.admin.send(create, browser.call()) == .denied(.proofRequired))
    let byKey = try await world.call(key: "hers", of: ada.id)
    guard case .created(let made) = try await world.admin.send(create, byKey) else {
      Issue.record("it was not made")
      return
    }
    var call = world.call()
    call.caller.apiKey = made.token
    #expect(keys(try await world.admin.send(Admin.ListAPIKeys(page: .init()), call)).map(\.name) == ["Operator"])
    #expect(try await world.admin.send(create, call) == .denied(.notAdministrator))
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.map { "\($0.to) \($0.subject)" } == ["grace@example.com New API key for Latchkey"])
    try await browser.prove(.apiKey)
    guard case .created = try await world.admin.send(create, browser.call()) else {
      Issue.record("the proof did not do")
      return
    }
    let nobody = Admin.CreateAPIKeyOfUser(
      user: UserID(UUID()), name: "Operator", description: nil, expiresAt: tomorrow)
    #expect(try await world.admin.send(nobody, byKey) == .notFound)
  }

  @Test("a session that a code of an API key began makes one key, within five minutes; one of a session's code none")
  func operatorsWay() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    let message = Admin.CreateAPIKey(name: "Operator", description: nil, expiresAt: tomorrow)
    func signedIn(_ call: Call) async throws -> Call {
      let create = Auth.CreateOneTimeCode(user: ada.id, lifetimeSeconds: 900)
      guard case .created(let code) = try await world.auth.send(create, call),
        case .signedIn(let signedIn) = try await world.auth.send(Auth.SignInWithCode(code: code), world.call())
      else { throw WorldFailure("the code did not sign in") }
      return world.call(session: signedIn.token)
    }
    func again(_ call: Call) -> Call { world.call(session: call.caller.session) }
    let byKey = try await world.call(key: "hers", of: ada.id)
    let first = try await signedIn(byKey)
    guard case .created = try await world.admin.send(message, first) else {
      Issue.record("it was not made")
      return
    }
    #expect(try await world.admin.send(message, again(first)) == .denied(.proofRequired), "once")
    let late = try await signedIn(world.call(key: "hers too", of: ada.id))
    try await world.sql("UPDATE proofs SET expires_at = expires_at - interval '5 minutes'")
    #expect(try await world.admin.send(message, late) == .denied(.proofRequired), "in time")
    try await browser.prove(.oneTimeLink)
    let bySession = try await signedIn(browser.call())
    #expect(try await world.admin.send(message, bySession) == .denied(.proofRequired))
  }

  @Test("a key is renewed only after its end, with another token; a revoked one is gone")
  func renew() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.apiKey)
    let create = Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: tomorrow)
    guard case .created(let made) = try await world.admin.send(create, browser.call()) else {
      Issue.record("it was not made")
      return
    }
    let renew = Admin.RenewAPIKey(id: made.key.id, expiresAt: tomorrow)
    #expect(try await world.admin.send(renew, browser.call()) == .notExpired)
    try await world.sql("UPDATE api_keys SET expires_at = now() - interval '1 hour', expiration_email_sent = true")
    #expect(try await world.admin.send(renew, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.apiKey)
    let id = RequestID()
    guard case .renewed(let renewed) = try await world.admin.send(renew, browser.call(id: id)) else {
      Issue.record("it was not renewed")
      return
    }
    #expect(renewed.token != made.token && !renewed.key.expirationEmailSent)
    #expect(try await world.admin.send(renew, browser.call(id: id)) == .renewed(renewed))
    #expect(try await world.admin.send(Admin.RevokeAPIKey(id: made.key.id), browser.call()) == .revoked)
    #expect(try await world.admin.send(Admin.RevokeAPIKey(id: made.key.id), browser.call()) == .notFound)
    #expect(try await world.admin.send(renew, browser.call()) == .notFound)
  }

  @Test("a key of another's is none of one's own")
  func others() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.apiKey)
    let create = Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: tomorrow)
    guard case .created(let made) = try await world.admin.send(create, browser.call()) else { return }
    try await world.sql(
      """
      INSERT INTO users (id, username) VALUES ('00000000-0000-4000-8000-000000000001', 'grace');
      UPDATE api_keys SET user_id = '00000000-0000-4000-8000-000000000001'
      """)
    #expect(keys(try await world.admin.send(Admin.ListAPIKeys(page: .init()), browser.call())) == [])
    #expect(try await world.admin.send(Admin.RevokeAPIKey(id: made.key.id), browser.call()) == .notFound)
  }
}
