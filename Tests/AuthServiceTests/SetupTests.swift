import LatchkeyProtocol
import ServiceWorld
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
