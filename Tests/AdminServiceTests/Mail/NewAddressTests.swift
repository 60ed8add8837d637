import AdminService
import LatchkeyProtocol
import SMTP
import ServiceWorld
import Testing

@Suite("codes wait for a changed address") struct NewAddressTests {
  private struct Stage {
    let world: World
    var browser: Browser
    let carrier = FakeCarrier()

    init() async throws {
      world = try await World()
      browser = Browser(world)
      try await browser.setUp()
      try await world.configureMail(["emailOneTimeAccessAsUnauthenticatedEnabled": "true", "requireUserEmail": "false"])
    }

    @discardableResult
    func move(to email: String?) async throws -> User {
      let profile = Profile(username: "ada", email: email, firstName: "Ada", lastName: "Lovelace")
      let answer = try await world.admin.send(Admin.UpdateOwnProfile(profile: profile), browser.call())
      guard case .updated(let user) = answer else { throw WorldFailure("it was not changed: \(answer)") }
      return user
    }

    /// What a person who asks for a code is sent, by address and subject.
    func mailed(asking email: String) async throws -> [String] {
      try await world.sql("DELETE FROM attempts")
      _ = try await world.auth.send(Auth.AskForOneTimeCode(email: email, redirect: nil), browser.call())
      return try await delivered().map { "\($0.to) \($0.subject)" }
    }

    func delivered() async throws -> [OutgoingMail] {
      let before = carrier.sent.count
      try await world.delivery(carrier).deliverDue()
      return Array(carrier.sent.dropFirst(before))
    }

    /// The token in the only mail that is due, if it has one.
    func token() async throws -> Secret? {
      let mails = try await delivered()
      #expect(mails.count == 1)
      return mails.first?.text.firstMatch(of: /confirm-new-address\?token=([A-Za-z0-9_-]+)/).map {
        Secret(String($0.1))
      }
    }

    func confirm(_ token: Secret, _ id: RequestID = RequestID()) async throws -> Admin.ConfirmNewAddress.Response {
      // By whoever reads that mailbox, in whatever browser.
      try await world.admin.send(Admin.ConfirmNewAddress(token: token), world.call(id: id))
    }
  }

  private static let code = "Your login code for Latchkey"

  @Test("a day, in which neither address gets one; the former one hears of it at once")
  func waits() async throws {
    let stage = try await Stage()
    #expect(try await stage.move(to: "new@example.com").codesMailedFrom != nil)
    let news = try await stage.delivered()
    #expect(news.map { "\($0.to) \($0.subject)" } == ["ada@example.com Your e-mail address at Latchkey was changed"])
    #expect(news.first?.text.contains("new@example.com") == true)
    #expect(try await stage.mailed(asking: "new@example.com") == [])
    #expect(try await stage.mailed(asking: "ada@example.com") == [])
    try await stage.world.sql("UPDATE users SET codes_from = codes_from - interval '1 day'")
    #expect(try await stage.mailed(asking: "new@example.com") == ["new@example.com \(Self.code)"])
  }

  @Test("an administrator mails no link there either")
  func links() async throws {
    var stage = try await Stage()
    let user = try await stage.move(to: "new@example.com")
    try await stage.world.choose(["emailOneTimeAccessAsAdminEnabled": "true"])
    try await stage.browser.prove(.oneTimeLink)
    let mail = Auth.MailOneTimeCode(user: user.id, lifetimeSeconds: 900)
    guard case .invalid(let problems) = try await stage.world.auth.send(mail, stage.browser.call()) else {
      Issue.record("a link was mailed")
      return
    }
    #expect(problems.map { "\($0.field) \($0.code)" } == ["email waiting"])
  }

  @Test("a click in the former mailbox ends the wait, once; the same request repeats its answer")
  func confirmed() async throws {
    let stage = try await Stage()
    try await stage.move(to: "new@example.com")
    let (token, request) = (try #require(try await stage.token()), RequestID())
    #expect(try await stage.confirm(Secret(String(repeating: "A", count: 43))) == .invalid)
    #expect(try await stage.confirm(Secret("short")) == .invalid)
    #expect(try await stage.confirm(token, request) == .confirmed)
    #expect(try await stage.confirm(token, request) == .confirmed)
    #expect(try await stage.confirm(token) == .invalid)
    #expect(try await stage.world.recorded(.newAddressConfirmed) == 1)
    #expect(try await stage.mailed(asking: "new@example.com") == ["new@example.com \(Self.code)"])
  }

  @Test("a second change while the first one waits: its mailbox ends nothing, and the first click is void")
  func twice() async throws {
    let stage = try await Stage()
    try await stage.move(to: "one@evil.example")
    let first = try #require(try await stage.token())
    try await stage.move(to: "two@evil.example")
    #expect(try await stage.token() == nil)
    #expect(try await stage.confirm(first) == .invalid)
    #expect(try await stage.mailed(asking: "two@evil.example") == [])
  }

  @Test("taking the address away and setting another is the same change in two steps")
  func twoSteps() async throws {
    let stage = try await Stage()
    try await stage.move(to: nil)
    #expect(try await stage.token() == nil)
    #expect(try await stage.move(to: "thief@evil.example").codesMailedFrom != nil)
    #expect(try await stage.mailed(asking: "thief@evil.example") == [])
  }

  @Test("who had none does not wait")
  func first() async throws {
    let stage = try await Stage()
    try await stage.world.sql("UPDATE users SET email = NULL")
    #expect(try await stage.move(to: "ada@example.com").codesMailedFrom == nil)
    #expect(try await stage.delivered().isEmpty)
    #expect(try await stage.mailed(asking: "ada@example.com") == ["ada@example.com \(Self.code)"])
  }

  @Test("without a mail server nobody is told, and codes wait all the same")
  func noServer() async throws {
    let stage = try await Stage()
    try await stage.world.set([:])
    #expect(try await stage.move(to: "new@example.com").codesMailedFrom != nil)
    #expect(try await stage.world.outbox().isEmpty)
  }
}
