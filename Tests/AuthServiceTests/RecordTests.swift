import Foundation
import LatchkeyProtocol
import ServiceWorld
import TestKit
import Testing

@Suite struct RecordTests {
  @Test("set-up records the account and its first session")
  func setUp() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    let entries = try await world.recorded()
    #expect(entries.map(\.event) == ["ACCOUNT_CREATED", "SIGN_IN"])
    for entry in entries {
      #expect(entry.userID == user.id.uuid && entry.username == "ada" && entry.actorName == nil)
      #expect(entry.session != nil && entry.address == "192.0.2.1" && entry.userAgent == "Test/1")
    }
    #expect(entries.first?.data.contains("\"method\": \"setup\"") == true)
    #expect(entries.first?.data.contains("credentialID") == true)
  }

  @Test("a sign-in is recorded once, however often its request is repeated, with the session that it began")
  func signInOnce() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let answer = Auth.CeremonyAnswer(credential: try browser.authenticator.get(ceremony.options), state: ceremony.state)
    let id = RequestID()
    for _ in 0..<3 { _ = try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call(id: id)) }
    #expect(try await world.recorded(.signIn) == 2)
    guard
      case .signedIn(let signedIn) = try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call(id: id)),
      case .signedIn(_, let session) = try await world.auth.send(
        Auth.CurrentSession(), world.call(session: signedIn.token))
    else {
      Issue.record("nobody is signed in")
      return
    }
    #expect(try await world.recorded().contains { $0.event == "SIGN_IN" && $0.session == session.id.uuid })
  }

  @Test("signing out and ending sessions are recorded with whose they were, and nothing is when nothing ended")
  func endings() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    for _ in 0..<2 {
      var other = Browser(world)
      other.authenticator = browser.authenticator
      try await other.signIn()
      browser.authenticator = other.authenticator
    }
    #expect(try await world.auth.send(Auth.EndSessions(.others), browser.call()) == .ended(count: 2))
    #expect(try await world.auth.send(Auth.EndSessions(.others), browser.call()) == .ended(count: 0))
    for _ in 0..<2 { _ = try await world.auth.send(Auth.SignOut(), browser.call()) }
    _ = try await world.auth.send(Auth.SignOut(), world.call(session: Secret("a stranger's guess")))
    let entries = try await world.recorded().filter { ["SESSION_ENDED", "SIGN_OUT"].contains($0.event) }
    #expect(entries.map(\.event) == ["SESSION_ENDED", "SIGN_OUT"])
    #expect(entries.allSatisfy { $0.userID == user.id.uuid && $0.username == "ada" && $0.session != nil })
    #expect(entries.first?.data == #"{"sessions": "2"}"#)
  }

  @Test("a passkey that comes or goes is recorded by name; a refusal to remove the last one is not a removal")
  func passkeys() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.addPasskey)
    guard case .begun(let ceremony) = try await world.auth.send(Auth.BeginPasskey(), browser.call()) else {
      Issue.record("the passkey did not begin")
      return
    }
    var device = SoftAuthenticator(origin: World.appURL)
    let answer = Auth.CeremonyAnswer(credential: try device.create(ceremony.options), state: ceremony.state)
    guard case .added(let passkey) = try await world.auth.send(Auth.FinishPasskey(answer: answer), browser.call())
    else {
      Issue.record("the passkey was not added")
      return
    }
    #expect(try await world.auth.send(Auth.RemovePasskey(id: passkey.id), browser.call()) == .removed)
    #expect(try await world.auth.send(Auth.RemovePasskey(id: passkey.id), browser.call()) == .notFound)
    guard case .passkeys(let left) = try await world.auth.send(Auth.ListPasskeys(), browser.call()) else { return }
    for last in left {
      #expect(try await world.auth.send(Auth.RemovePasskey(id: last.id), browser.call()) == .lastOne)
    }
    let entries = try await world.recorded()
    #expect(
      entries.map(\.event).filter { $0 != "SIGN_IN" && $0 != "ACCOUNT_CREATED" }
        == ["REAUTHENTICATED", "PASSKEY_ADDED", "PASSKEY_REMOVED"])
    let named = entries.filter { $0.event.hasPrefix("PASSKEY") }.map(\.data)
    #expect(named.count == 2 && named.first == named.last && named.first?.contains("\"passkeyName\"") == true)
  }

  @Test("refusals of a known passkey are recorded with their reason; a stranger's leave nothing")
  func refusals() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let unknown = try browser.authenticator.get(ceremony.options) { $0.credentialID = [9, 9, 9] }
    _ = try await world.auth.send(
      Auth.FinishSignIn(answer: Auth.CeremonyAnswer(credential: unknown, state: ceremony.state)), browser.call())
    _ = try await world.auth.send(
      Auth.FinishSignIn(answer: Auth.CeremonyAnswer(credential: "{}", state: ceremony.state)), browser.call())
    #expect(try await world.recorded(.signInRefused) == 0)

    try await browser.signIn()
    browser.authenticator.countingBy = 0
    try await browser.signIn()
    browser.authenticator.countingBy = 5
    try await world.sql("UPDATE users SET disabled = true")
    try await browser.signIn()
    let entries = try await world.recorded().filter { $0.event == "SIGN_IN_REFUSED" }
    #expect(entries.allSatisfy { $0.userID == user.id.uuid && $0.username == "ada" && $0.session == nil })
    let reasons = ["signCountNotIncreased", "userDisabled"]
    #expect(entries.count == 2 && zip(entries, reasons).allSatisfy { $0.data.contains("\"reason\": \"\($1)\"") })
  }

  @Test("a flood of refusals about one person fills no disk")
  func flood() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    browser.authenticator.origin = "http://localhost:1412"
    for _ in 0..<25 { try await browser.signIn() }
    #expect(try await world.recorded(.signInRefused) == 10)
    // Another minute hears of it again.
    try await world.sql("UPDATE audit_log SET created_at = created_at - interval '61 seconds'")
    try await browser.signIn()
    #expect(try await world.recorded(.signInRefused) == 11)
  }
}
