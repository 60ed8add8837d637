import Foundation
import LatchkeyProtocol
import ServiceWorld
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
    #expect(try await world.admin.createAPIKey(message, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.clientSecret)
    #expect(try await world.admin.createAPIKey(message, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.apiKey)
    let id = RequestID()
    let first = try await world.admin.createAPIKey(message, browser.call(id: id))
    let second = try await world.admin.createAPIKey(message, browser.call(id: id))
    #expect(first == second)
    guard case .created(let made) = first else {
      Issue.record("it was not made")
      return
    }
    #expect(made.token.exposed.wholeMatch(of: /lkey_[A-Za-z0-9]{32}/) != nil && made.key.description == nil)
    #expect(try await world.admin.createAPIKey(message, browser.call()) == .denied(.proofRequired), "it is used up")
    #expect(keys(try await world.admin.listAPIKeys(.init(page: .init()), browser.call())).map(\.name) == ["Backup"])
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
    switch try await world.admin.createAPIKey(message, browser.call()) {
    case .invalid(let problems): #expect(problems.map(\.field) == ["name"] && hours > 0)
    case .expirationInvalid: #expect(hours < 0)
    default: Issue.record("it was accepted")
    }
  }

  @Test("a key is renewed only after its end, with another token; a revoked one is gone")
  func renew() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.apiKey)
    let create = Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: tomorrow)
    guard case .created(let made) = try await world.admin.createAPIKey(create, browser.call()) else {
      Issue.record("it was not made")
      return
    }
    let renew = Admin.RenewAPIKey(id: made.key.id, expiresAt: tomorrow)
    #expect(try await world.admin.renewAPIKey(renew, browser.call()) == .notExpired)
    try await world.sql("UPDATE api_keys SET expires_at = now() - interval '1 hour', expiration_email_sent = true")
    #expect(try await world.admin.renewAPIKey(renew, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.apiKey)
    let id = RequestID()
    guard case .renewed(let renewed) = try await world.admin.renewAPIKey(renew, browser.call(id: id)) else {
      Issue.record("it was not renewed")
      return
    }
    #expect(renewed.token != made.token && !renewed.key.expirationEmailSent)
    #expect(try await world.admin.renewAPIKey(renew, browser.call(id: id)) == .renewed(renewed))
    #expect(try await world.admin.revokeAPIKey(.init(id: made.key.id), browser.call()) == .revoked)
    #expect(try await world.admin.revokeAPIKey(.init(id: made.key.id), browser.call()) == .notFound)
    #expect(try await world.admin.renewAPIKey(renew, browser.call()) == .notFound)
  }

  @Test("a key of another's is none of one's own")
  func others() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.apiKey)
    let create = Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: tomorrow)
    guard case .created(let made) = try await world.admin.createAPIKey(create, browser.call()) else { return }
    try await world.sql(
      """
      INSERT INTO users (id, username) VALUES ('00000000-0000-4000-8000-000000000001', 'grace');
      UPDATE api_keys SET user_id = '00000000-0000-4000-8000-000000000001'
      """)
    #expect(keys(try await world.admin.listAPIKeys(.init(page: .init()), browser.call())) == [])
    #expect(try await world.admin.revokeAPIKey(.init(id: made.key.id), browser.call()) == .notFound)
  }
}
