import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import ServiceWorld
import Store
import TestKit
import Testing

@Suite struct SignInTests {
  private func refusal(_ outcome: Auth.SignInOutcome) -> Auth.CeremonyRefusal? {
    if case .refused(let reason) = outcome { reason } else { nil }
  }

  @Test("a discoverable passkey signs in, in any browser; signing out ends that session and no other")
  func signInAndOut() async throws {
    let world = try await World()
    var first = Browser(world)
    try await first.setUp()
    var second = Browser(world)
    second.authenticator = first.authenticator
    #expect(refusal(try await second.signIn()) == nil)
    _ = try await world.auth.send(Auth.SignOut(), second.call())
    #expect(try await world.auth.send(Auth.CurrentSession(), second.call()) == .signedOut)
    guard case .signedIn = try await world.auth.send(Auth.CurrentSession(), first.call()) else {
      Issue.record("the other session ended too")
      return
    }
  }

  @Test("a challenge answered twice is refused as spent; the same request repeats its outcome")
  func replay() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let answer = Auth.CeremonyAnswer(credential: try browser.authenticator.get(ceremony.options), state: ceremony.state)
    let id = RequestID()
    let first = try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call(id: id))
    let again = try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call(id: id))
    guard case .signedIn(let one) = first, case .signedIn(let two) = again else {
      Issue.record("\(first) \(again)")
      return
    }
    #expect(one.token == two.token)
    // Another request with the same assertion: its counter has been seen, which is refused before the challenge is.
    let replayed = try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call())
    #expect([.spent, .verificationFailed].contains(refusal(replayed)))
  }

  @Test("signing in reads once, writes once, and then tells who it is")
  func statements() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let log = StatementLog()
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = .trace
    let auth = try world.authProcess(logger: logger)
    let ceremony = try await auth.send(Auth.BeginSignIn(), browser.call())
    let answer = Auth.CeremonyAnswer(credential: try browser.authenticator.get(ceremony.options), state: ceremony.state)
    var call = browser.call()
    call.caller.session = nil
    guard case .signedIn = try await auth.send(Auth.FinishSignIn(answer: answer), call) else {
      Issue.record("nobody was signed in")
      return
    }
    #expect(log.statements(of: call.id) == ["ForAssertion", "SignIn", "Details"])
    // A lost answer is given again, which is one question more and no write.
    _ = try await auth.send(Auth.FinishSignIn(answer: answer), call)
    #expect(log.statements(of: call.id).suffix(3) == ["ForAssertion", "Resolve", "Details"])
  }

  @Test("of many requests that bring one assertion of an authenticator that does not count, one signs in")
  func race() async throws {
    let world = try await World()
    var browser = Browser(world)
    browser.authenticator.countingBy = 0
    try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let answer = Auth.CeremonyAnswer(credential: try browser.authenticator.get(ceremony.options), state: ceremony.state)
    let outcomes = try await withThrowingTaskGroup(of: Auth.SignInOutcome.self) { group in
      for _ in 0..<8 {
        group.addTask { [call = browser.call()] in try await world.auth.send(Auth.FinishSignIn(answer: answer), call) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { refusal($0) == nil }.count == 1)
    #expect(outcomes.filter { refusal($0) == .spent }.count == 7)
  }

  @Test("a state that is missing, changed, of another ceremony or expired is refused")
  func states() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let credential = try browser.authenticator.get(ceremony.options)
    func finish(_ state: Secret?) async throws -> Auth.CeremonyRefusal? {
      refusal(
        try await world.auth.send(
          Auth.FinishSignIn(answer: Auth.CeremonyAnswer(credential: credential, state: state)), browser.call()))
    }
    #expect(try await finish(nil) == .stateInvalid)
    #expect(try await finish(Secret(ceremony.state.exposed + "A")) == .stateInvalid)
    guard case .begun(let proof) = try await world.auth.send(Auth.BeginProof(purpose: .addPasskey), browser.call())
    else {
      Issue.record("the proof did not begin")
      return
    }
    #expect(try await finish(proof.state) == .stateInvalid)
    world.clock.advance(bySeconds: 61)
    #expect(try await finish(ceremony.state) == .expired)
  }

  @Test("a state moved to another browser finishes nothing there")
  func otherBrowser() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let answer = Auth.CeremonyAnswer(credential: try browser.authenticator.get(ceremony.options), state: ceremony.state)
    let outcome = try await world.auth.send(Auth.FinishSignIn(answer: answer), Browser(world).call())
    #expect(refusal(outcome) == .stateInvalid)
  }

  @Test("an unknown passkey, a disabled user and an unverified one are refused, each with its reason")
  func refusals() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()

    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    let unknown = try browser.authenticator.get(ceremony.options) { $0.credentialID = [9, 9, 9] }
    let answer = Auth.CeremonyAnswer(credential: unknown, state: ceremony.state)
    #expect(refusal(try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call())) == .unknownPasskey)

    var unverified = browser
    unverified.authenticator.flags = SoftAuthenticatorData.userPresent
    #expect(refusal(try await unverified.signIn()) == .userVerificationRequired)

    try await world.sql("UPDATE users SET disabled = true")
    #expect(refusal(try await browser.signIn()) == .userDisabled)
    #expect(try await world.auth.send(Auth.CurrentSession(), browser.call()) == .signedOut)
  }

  @Test("a counter that does not grow is refused, and so is a passkey with another origin's answer")
  func counterAndOrigin() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(refusal(try await browser.signIn()) == nil)
    browser.authenticator.countingBy = 0
    #expect(refusal(try await browser.signIn()) == .verificationFailed)
    browser.authenticator.countingBy = 5
    browser.authenticator.origin = "http://localhost:1412"
    #expect(refusal(try await browser.signIn()) == .verificationFailed)
  }

  @Test("a passkey that can be copied all at once is told apart, to those who know the word for it")
  func changedPasskey() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    browser.authenticator.flags |= SoftAuthenticatorData.backupEligible
    for (known, told) in [
      (nil, Auth.CeremonyRefusal.verificationFailed), ([], .verificationFailed), (["passkeyChanged"], .passkeyChanged),
    ] as [([String]?, Auth.CeremonyRefusal)] {
      let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
      let answer = Auth.CeremonyAnswer(
        credential: try browser.authenticator.get(ceremony.options), state: ceremony.state, alsoKnows: known)
      #expect(refusal(try await world.auth.send(Auth.FinishSignIn(answer: answer), browser.call())) == told)
    }
    #expect(try await world.sessionCount() == 1)
  }

  @Test("unfinished ceremonies write nothing")
  func nothingWritten() async throws {
    let world = try await World()
    for _ in 0..<50 { _ = try await world.auth.send(Auth.BeginSignIn(), world.call()) }
    let profile = Profile(username: "ada", email: nil, firstName: "", lastName: "")
    for _ in 0..<50 {
      _ = try await world.auth.send(Auth.BeginSetup(profile: profile, isFromThisMachine: true), world.call())
    }
    #expect(try await world.database.read(RowCounts()).first == [0, 0, 0, 0])
  }

  @Test("a one-time code signs in once, with amr otp; typed with I for 1 and O for 0 it still does")
  func oneTimeCode() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    let code = "10ABCDEFGH23"
    let hash = Data(world.hashKey.hash(code, purpose: OneTimeCodes.purpose))
    try await world.handOut(hash, to: user.id)
    let id = RequestID()
    let typed = Auth.RedeemOneTimeCode(code: Secret("ioabcdefgh23"))
    guard case .signedIn(let one) = try await world.auth.send(typed, world.call(id: id)),
      case .signedIn(let two) = try await world.auth.send(typed, world.call(id: id))
    else {
      Issue.record("the code did not sign in")
      return
    }
    #expect(one.token == two.token)
    guard
      case .signedIn(_, let session) = try await world.auth.send(Auth.CurrentSession(), world.call(session: one.token))
    else {
      Issue.record("there is no session")
      return
    }
    #expect(session.amr == ["otp"])
    #expect(try await world.auth.send(typed, world.call()) == .invalid)
  }
}

extension World {
  fileprivate func sessionCount() async throws -> Int64 { try await database.read(RowCounts()).first?[1] ?? 0 }
}

/// How many rows an unproven caller could have caused.
struct RowCounts: Statement {
  static let sql = """
    SELECT (SELECT count(*) FROM spent_challenges), (SELECT count(*) FROM sessions), (SELECT count(*) FROM users),
      (SELECT count(*) FROM interactions)
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> [Int64] {
    [try row.next(), try row.next(), try row.next(), try row.next()]
  }
}
