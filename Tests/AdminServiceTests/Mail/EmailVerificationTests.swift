import AdminService
import Foundation
import LatchkeyProtocol
import SMTP
import ServiceWorld
import Testing

@Suite("proving an e-mail address") struct EmailVerificationTests {
  private struct Stage {
    let world: World
    var browser: Browser

    init(_ settings: [String: String] = ["emailVerificationEnabled": "true"]) async throws {
      world = try await World()
      browser = Browser(world)
      try await browser.setUp()
      try await world.configureMail(settings)
      try await world.sql("UPDATE users SET email_verified = false")
    }

    func send(_ id: RequestID = RequestID()) async throws -> Admin.SendEmailVerification.Response {
      try await world.admin.send(Admin.SendEmailVerification(), browser.call(id: id))
    }

    /// The token of the newest mail, read where the person reads it.
    func token() async throws -> Secret {
      let carrier = FakeCarrier()
      try await world.delivery(carrier).deliverDue()
      let text = try #require(carrier.sent.last?.text)
      let token = try #require(text.firstMatch(of: /verify-email\?token=([A-Za-z0-9_-]+)/))
      return Secret(String(token.1))
    }

    func verify(_ token: Secret, _ id: RequestID = RequestID()) async throws -> Admin.VerifyEmail.Response {
      try await world.admin.send(Admin.VerifyEmail(token: token), browser.call(id: id))
    }

    func isVerified() async throws -> Bool? {
      guard case .signedIn(let user, _) = try await world.auth.send(Auth.CurrentSession(), browser.call()) else {
        return nil
      }
      return user.emailVerified
    }
  }

  @Test("the link proves the address once; the same request repeats its answer")
  func proven() async throws {
    let stage = try await Stage()
    #expect(try await stage.send() == .sent)
    let (token, request) = (try await stage.token(), RequestID())
    #expect(try await stage.verify(token, request) == .verified)
    #expect(try await stage.isVerified() == true)
    #expect(try await stage.verify(token, request) == .verified)
    #expect(try await stage.verify(token) == .invalid)
    #expect(try await stage.world.recorded(.emailVerified) == 1)
    #expect(try await stage.send() == .alreadyVerified)
  }

  @Test("GHSA-rm8c-2cv8-jwf6: a link dies when the address changes")
  func addressChanged() async throws {
    let stage = try await Stage()
    #expect(try await stage.send() == .sent)
    let token = try await stage.token()
    let profile = Profile(username: "ada", email: "victim@example.com", firstName: "Ada", lastName: "Lovelace")
    guard
      case .updated(let user) = try await stage.world.admin.send(
        Admin.UpdateOwnProfile(profile: profile), stage.browser.call())
    else {
      Issue.record("the address was not changed")
      return
    }
    #expect(!user.emailVerified)
    #expect(try await stage.verify(token) == .invalid)
    #expect(try await stage.isVerified() == false)
  }

  @Test("another person's link proves nothing")
  func another() async throws {
    let stage = try await Stage()
    _ = try await stage.send()
    let token = try await stage.token()
    try await stage.world.sql(
      """
      INSERT INTO users (id, username, email) VALUES (gen_random_uuid(), 'eve', 'eve@example.com');
      UPDATE email_verifications SET user_id = (SELECT id FROM users WHERE username = 'eve');
      """)
    #expect(try await stage.verify(token) == .invalid)
    #expect(try await stage.verify(Secret(String(repeating: "A", count: 43))) == .invalid)
    #expect(try await stage.verify(Secret("short")) == .invalid)
  }

  @Test("a link dies after its day")
  func expired() async throws {
    let stage = try await Stage()
    _ = try await stage.send()
    let token = try await stage.token()
    try await stage.world.sql("UPDATE email_verifications SET expires_at = now()")
    #expect(try await stage.verify(token) == .invalid)
  }

  @Test("the database knows no link by itself, and a repeated request sends one mail")
  func hashed() async throws {
    let stage = try await Stage()
    let request = RequestID()
    for _ in 0..<2 { #expect(try await stage.send(request) == .sent) }
    #expect(try await stage.world.outbox().count == 1)
  }

  @Test("it can be turned off, needs an address, and is bounded by the day")
  func refused() async throws {
    let off = try await Stage([:])
    #expect(try await off.send() == .disabled)
    let stage = try await Stage()
    for _ in 0..<10 { #expect(try await stage.send() == .sent) }
    #expect(try await stage.send() == .tooMany)
    try await stage.world.sql("UPDATE users SET email = NULL")
    #expect(try await stage.send() == .noAddress)
    #expect(
      try await stage.world.admin.send(Admin.SendEmailVerification(), stage.world.call()) == .denied(.notSignedIn))
    #expect(
      try await stage.world.admin.send(Admin.VerifyEmail(token: Secret("x")), stage.world.call())
        == .denied(.notSignedIn))
  }
}
