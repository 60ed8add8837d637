import AdminService
import Foundation
import LatchkeyProtocol
import SMTP
import ServiceWorld
import TestKit
import Testing

@Suite("people hear of new ways into their accounts") struct AccountNewsTests {
  private func world() async throws -> (World, Browser, User) {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await world.configureMail()
    return (world, browser, user)
  }

  private func subjects(_ world: World) async throws -> [String] {
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    return carrier.sent.map(\.subject)
  }

  private func addPasskey(_ world: World, _ browser: inout Browser) async throws {
    guard case .begun(let ceremony) = try await world.auth.send(Auth.BeginPasskey(), browser.call()) else {
      throw WorldFailure("the passkey was not begun")
    }
    var device = SoftAuthenticator(origin: World.appURL)
    let answer = Auth.CeremonyAnswer(credential: try device.create(ceremony.options), state: ceremony.state)
    guard case .added = try await world.auth.send(Auth.FinishPasskey(answer: answer), browser.call()) else {
      throw WorldFailure("the passkey was not added")
    }
  }

  @Test("a passkey, an API key, and a sign-in link where there is a passkey already: each once, though asked twice")
  func told() async throws {
    var (world, browser, user) = try await world()
    try await browser.prove(.addPasskey)
    try await addPasskey(world, &browser)
    #expect(try await subjects(world) == ["New passkey for Latchkey"])
    try await browser.prove(.apiKey)
    let key = Admin.CreateAPIKey(name: "Terraform", description: nil, expiresAt: Date() + 3600)
    guard case .created = try await world.admin.send(key, browser.call()) else {
      Issue.record("the key was not made")
      return
    }
    #expect(try await subjects(world) == ["New API key for Latchkey"])
    try await browser.prove(.oneTimeLink)
    let link = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 900)
    guard case .created = try await world.auth.send(link, browser.call()) else {
      Issue.record("the link was not made")
      return
    }
    #expect(try await subjects(world) == ["Sign-in link for your account at Latchkey"])
    try await world.sql("DELETE FROM passkeys")
    try await world.sql(
      "UPDATE proofs SET used_at = NULL, used_by = NULL, expires_at = now() + interval '1 hour'")
    guard case .created = try await world.auth.send(link, browser.call()) else {
      Issue.record("the link was not made")
      return
    }
    #expect(try await subjects(world) == [], "who has no passkey waits for it")
  }

  @Test("not without a mail server or an address, or mails would wait for nobody")
  func untold() async throws {
    var (world, browser, _) = try await world()
    try await world.set([:])
    try await browser.prove(.addPasskey)
    try await addPasskey(world, &browser)
    #expect(try await world.outbox().isEmpty)
    try await world.configureMail()
    try await world.sql("UPDATE users SET email = NULL")
    try await browser.prove(.addPasskey)
    try await addPasskey(world, &browser)
    try await browser.prove(.apiKey)
    let key = Admin.CreateAPIKey(name: "Terraform", description: nil, expiresAt: Date() + 3600)
    _ = try await world.admin.send(key, browser.call())
    #expect(try await world.outbox().isEmpty)
  }
}
