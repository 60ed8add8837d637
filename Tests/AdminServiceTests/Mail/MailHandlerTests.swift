import AdminService
import Foundation
import LatchkeyProtocol
import Logging
import SMTP
import ServiceStore
import ServiceWorld
import Testing

@Suite("mail as the administrator sees it") struct MailHandlerTests {
  private func failedMail(_ world: World, about user: User) async throws -> UUID {
    let end = Date() + 3600
    let mail = Mail(.oneTimeCode(code: Secret("c"), link: Secret("l"), expiresAt: end, askedByReader: true))
    let id = try await world.post(mail, about: user.id)
    try await world.delivery(FakeCarrier { _ in .refused(.at(.recipient)) }).deliverDue()
    return id
  }

  private func mails(_ browser: Browser) async throws -> [Admin.MailStatus] {
    let answer = try await browser.world.admin.send(Admin.ListMail(page: .init()), browser.call())
    guard case .mail(let page, configured: true) = answer else { return [] }
    return page.items
  }

  @Test("what failed is listed with its reason, tried again, and discarded; both are recorded")
  func failures() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await world.configureMail()
    let id = try await failedMail(world, about: user)
    let listed = try #require(try await mails(browser).first)
    #expect(listed.id == id && listed.kind == "one-time-code" && listed.username == "ada")
    #expect(listed.state == .failed && listed.reason == "recipient" && listed.detail == "The server said: no")

    #expect(try await world.admin.send(Admin.RetryMail(id: id), browser.call()) == .retried)
    #expect(try await mails(browser).first?.state == .waiting)
    #expect(try await world.admin.send(Admin.DiscardMail(id: id), browser.call()) == .discarded)
    #expect(try await mails(browser).isEmpty)
    #expect(try await world.admin.send(Admin.DiscardMail(id: id), browser.call()) == .notFound)
    #expect(try await world.admin.send(Admin.RetryMail(id: id), browser.call()) == .notFound)
    #expect(try await world.recorded(.mailRetried) == 1)
    #expect(try await world.recorded(.mailDiscarded) == 1)
  }

  @Test("what nobody wants any more is not tried again")
  func useless() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await world.configureMail()
    let id = try await failedMail(world, about: user)
    try await world.sql("UPDATE outbox SET useful_until = now()")
    #expect(try await mails(browser).first?.canRetry == false)
    #expect(try await world.admin.send(Admin.RetryMail(id: id), browser.call()) == .useless)
  }

  @Test("only administrators see mail")
  func denied() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.admin.send(Admin.ListMail(page: .init()), world.call()) == .denied(.notSignedIn))
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.admin.send(Admin.ListMail(page: .init()), browser.call()) == .denied(.notAdministrator))
    #expect(try await world.admin.send(Admin.RetryMail(id: UUID()), browser.call()) == .denied(.notAdministrator))
    #expect(try await world.admin.send(Admin.DiscardMail(id: UUID()), browser.call()) == .denied(.notAdministrator))
    #expect(try await world.admin.send(Admin.SendTestMail(), browser.call()) == .denied(.notAdministrator))
  }

  @Test("a test mail says what became of it")
  func testMail() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.admin.send(Admin.SendTestMail(), browser.call()) == .notConfigured)
    try await world.configureMail()
    let accepting = try world.delivery(FakeCarrier())
    let running = Task { await accepting.run() }
    #expect(try await world.admin.send(Admin.SendTestMail(), browser.call()) == .delivered)
    running.cancel()
    await running.value

    let refusing = try world.delivery(FakeCarrier { _ in .refused(.at(.authentication)) })
    let failing = Task { await refusing.run() }
    #expect(
      try await world.admin.send(Admin.SendTestMail(), browser.call())
        == .failed(reason: "authentication", detail: "The server said: no"))
    failing.cancel()
    await failing.value
    try await world.sql("UPDATE users SET email = NULL")
    #expect(try await world.admin.send(Admin.SendTestMail(), browser.call()) == .noAddress)
  }

  @Test("the owner of a key is told once that it expires, while the administrator wants it")
  func expiringKeys() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.sql(
      """
      INSERT INTO api_keys (id, user_id, name, key_hash, expires_at) SELECT gen_random_uuid(), id, 'soon', '\\x01',
        now() + interval '6 days' FROM users;
      INSERT INTO api_keys (id, user_id, name, key_hash, expires_at) SELECT gen_random_uuid(), id, 'later', '\\x02',
        now() + interval '8 days' FROM users;
      INSERT INTO api_keys (id, user_id, name, key_hash, expires_at) SELECT gen_random_uuid(), id, 'over', '\\x03',
        now() - interval '1 second' FROM users;
      """)
    let notices = KeyExpiryNotices(
      database: world.database, keys: world.adminKeys, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await notices.tellOwners()
    #expect(try await world.outbox().isEmpty)
    try await world.configureMail(["emailApiKeyExpirationEnabled": "true"])
    for _ in 0..<2 { try await notices.tellOwners() }
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.map(\.subject) == ["Your API key soon expires soon"])
  }

  @Test("a sign-in with a browser not seen before is told of once, if the administrator wants it")
  func newDevice() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.configureMail(["emailLoginNotificationEnabled": "true"])
    try await browser.signIn()
    #expect(try await world.outbox().isEmpty, "set-up was here")
    try await world.sql("DELETE FROM known_devices")
    for _ in 0..<2 { try await browser.signIn() }
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.map(\.subject) == ["New sign-in to Latchkey"])
    #expect(carrier.sent.first?.text.contains("192.0.2.1") == true)
    try await world.configureMail()
    try await world.sql("DELETE FROM known_devices")
    try await browser.signIn()
    #expect(try await world.outbox().count == 1)
  }

  @Test("a sign-in by code with a browser not seen before is told of too")
  func newDeviceByCode() async throws {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await world.configureMail(["emailLoginNotificationEnabled": "true"])
    for (device, mails) in [("Test/1", 0), ("Other/1", 1), ("Other/1", 1)] {
      try await browser.prove(.oneTimeLink)
      let create = Auth.CreateOneTimeCode(user: user.id, lifetimeSeconds: 900)
      guard case .created(let code) = try await world.auth.send(create, browser.call()) else {
        Issue.record("no code was made")
        return
      }
      var call = world.call()
      call.caller.userAgent = device
      guard case .signedIn = try await world.auth.send(Auth.SignInWithCode(code: code), call) else {
        Issue.record("the code was not taken")
        return
      }
      #expect(try await world.outbox().count { $0.kind == "new-device" } == mails)
    }
  }
}
