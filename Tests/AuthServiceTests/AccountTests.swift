import Foundation
import LatchkeyProtocol
import ServiceWorld
import TestKit
import Testing

@Suite struct AccountTests {
  private func addPasskey(_ browser: inout Browser) async throws -> Auth.FinishPasskey.Response? {
    guard case .begun(let ceremony) = try await browser.world.auth.send(Auth.BeginPasskey(), browser.call()) else {
      return nil
    }
    // Another device: the first one holds an excluded credential.
    var device = SoftAuthenticator(origin: World.appURL)
    let answer = Auth.CeremonyAnswer(credential: try device.create(ceremony.options), state: ceremony.state)
    return try await browser.world.auth.send(Auth.FinishPasskey(answer: answer), browser.call())
  }

  @Test("another passkey needs a fresh proof, which is good for one")
  func addPasskey() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.auth.send(Auth.BeginPasskey(), browser.call()) == .proofRequired)
    try await browser.prove(.addPasskey)
    guard case .added = try await addPasskey(&browser) else {
      Issue.record("the passkey was not added")
      return
    }
    #expect(try await world.auth.send(Auth.BeginPasskey(), browser.call()) == .proofRequired)
  }

  @Test("a proof for another purpose, or of another session, adds no passkey")
  func proofIsBound() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.clientSecret)
    #expect(try await world.auth.send(Auth.BeginPasskey(), browser.call()) == .proofRequired)
    try await browser.prove(.addPasskey)
    var other = Browser(world)
    other.authenticator = browser.authenticator
    try await other.signIn()
    #expect(try await world.auth.send(Auth.BeginPasskey(), other.call()) == .proofRequired)
  }

  @Test("one assertion proves for each of the purposes that it was begun for, and for nothing else")
  func severalPurposes() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await browser.prove(.oneTimeLink, also: [.addPasskey, .signingKeys])
    guard case .added = try await addPasskey(&browser) else {
      Issue.record("the passkey was not added")
      return
    }
    #expect(try await world.auth.send(Auth.BeginPasskey(), browser.call()) == .proofRequired)
    let link = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 900)
    guard case .created = try await world.auth.send(link, browser.call()) else {
      Issue.record("each purpose has its own use")
      return
    }
    #expect(try await world.auth.send(link, browser.call()) == .denied(.proofRequired))
    let many = Auth.BeginProof(
      purpose: .addPasskey, also: [.apiKey, .clientSecret, .settings, .oneTimeLink, .emailAddress])
    await #expect(throws: ServiceFailure.self) { try await world.auth.send(many, browser.call()) }
  }

  @Test("an assertion from signing in proves nothing else")
  func stepUpReplay() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let signIn = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let credential = try browser.authenticator.get(signIn.options)
    guard case .begun(let proof) = try await world.auth.send(Auth.BeginProof(purpose: .addPasskey), browser.call())
    else {
      Issue.record("the proof did not begin")
      return
    }
    for state in [signIn.state, proof.state] {
      let answer = Auth.CeremonyAnswer(credential: credential, state: state)
      guard case .refused = try await world.auth.send(Auth.FinishProof(answer: answer), browser.call()) else {
        Issue.record("the assertion was taken")
        return
      }
    }
  }

  @Test("a passkey is renamed and removed by its owner, but the last one stays")
  func passkeys() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.prove(.addPasskey)
    _ = try await addPasskey(&browser)
    guard case .passkeys(let passkeys) = try await world.auth.send(Auth.ListPasskeys(), browser.call()) else {
      Issue.record("there is no list")
      return
    }
    #expect(passkeys.count == 2)
    guard
      case .renamed(let renamed) = try await world.auth.send(
        Auth.RenamePasskey(id: passkeys[0].id, name: "  Keyring "), browser.call())
    else {
      Issue.record("it was not renamed")
      return
    }
    #expect(renamed.name == "Keyring")
    guard case .invalid = try await world.auth.send(Auth.RenamePasskey(id: passkeys[0].id, name: " "), browser.call())
    else {
      Issue.record("an empty name was taken")
      return
    }
    let outcomes = try await withThrowingTaskGroup(of: Auth.RemovePasskey.Response.self) {
      [call = browser.call()] group in
      for passkey in passkeys {
        group.addTask { try await world.auth.send(Auth.RemovePasskey(id: passkey.id), call) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    // Both of the last two at once: one goes, the other is the last.
    #expect(Set(outcomes) == [.removed, .lastOne])
    #expect(try await world.auth.send(Auth.RemovePasskey(id: PasskeyID(UUID())), browser.call()) == .notFound)
  }

  @Test("a removed passkey takes along the sessions that it began, but the one that removes it")
  func sessionsOfRemoved() async throws {
    let world = try await World()
    var desk = Browser(world)
    let ada = try await desk.setUp()
    try await desk.prove(.addPasskey)
    guard case .begun(let ceremony) = try await world.auth.send(Auth.BeginPasskey(), desk.call()) else {
      Issue.record("no ceremony began")
      return
    }
    var phone = Browser(world)
    let answer = Auth.CeremonyAnswer(
      credential: try phone.authenticator.create(ceremony.options), state: ceremony.state)
    guard case .added(let added) = try await world.auth.send(Auth.FinishPasskey(answer: answer), desk.call()) else {
      Issue.record("the passkey was not added")
      return
    }
    try await phone.signIn()
    // The same passkey, with its counter where it is.
    var tablet = Browser(world)
    tablet.authenticator = phone.authenticator
    try await tablet.signIn()
    func live(_ browsers: Browser...) async throws -> [Bool] {
      var live: [Bool] = []
      for browser in browsers {
        live.append(try await world.auth.send(Auth.CurrentSession(), browser.call()) != .signedOut)
      }
      return live
    }
    #expect(try await live(desk, phone, tablet) == [true, true, true])
    #expect(try await world.auth.send(Auth.RemovePasskey(id: added.id), phone.call()) == .removed)
    #expect(try await live(desk, phone, tablet) == [true, true, false])
    let entry = try #require(try await world.recorded().last { $0.event == "PASSKEY_REMOVED" })
    #expect(entry.data.contains(#""sessions": "1""#), "\(entry.data)")
    guard case .passkeys(let left) = try await world.auth.send(Auth.ListPasskeys(), desk.call()), let last = left.first
    else {
      Issue.record("there is no list")
      return
    }
    // An administrator takes the last one away, with no session of their own.
    let remove = Auth.RemovePasskeyOf(user: ada.id, id: last.id)
    #expect(try await world.auth.send(remove, world.call(key: "a key", of: ada.id)) == .removed)
    #expect(try await live(desk, phone) == [false, true])
  }

  @Test("a session is ended from another device, at once")
  func endSession() async throws {
    let world = try await World()
    var desk = Browser(world)
    try await desk.setUp()
    var phone = Browser(world)
    phone.authenticator = desk.authenticator
    try await phone.signIn()
    guard case .sessions(let sessions, let current) = try await world.auth.send(Auth.ListSessions(), desk.call()) else {
      Issue.record("there is no list")
      return
    }
    let other = try #require(sessions.first { $0.id != current })
    #expect(try await world.auth.send(Auth.EndSessions(.one(other.id)), desk.call()) == .ended(count: 1))
    #expect(try await world.auth.send(Auth.CurrentSession(), phone.call()) == .signedOut)
    #expect(try await world.auth.send(Auth.EndSessions(.others), desk.call()) == .ended(count: 0))
  }

  @Test("using a session slides its expiry, once a minute, never past its cap and never its auth_time")
  func sliding() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    guard case .signedIn(_, let before) = try await world.auth.send(Auth.CurrentSession(), browser.call()) else {
      return
    }
    guard case .signedIn(_, let same) = try await world.auth.send(Auth.CurrentSession(), browser.call()) else { return }
    #expect(same.expiresAt == before.expiresAt)

    try await world.sql(
      """
      UPDATE sessions SET last_seen_at = now() - interval '2 minutes', expires_at = now() + interval '1 minute',
        ends_at = now() + interval '5 minutes', auth_time = now() - interval '1 hour'
      """)
    _ = try await world.auth.send(Auth.CurrentSession(), browser.call())
    guard case .signedIn(_, let after) = try await world.auth.send(Auth.CurrentSession(), browser.call()) else {
      return
    }
    let left = after.expiresAt.timeIntervalSinceNow
    #expect(left > 120 && left < 301)

    try await world.sql("UPDATE sessions SET expires_at = now() - interval '1 second'")
    #expect(try await world.auth.send(Auth.CurrentSession(), browser.call()) == .signedOut)
  }
}
