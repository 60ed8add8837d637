import AdminService
import Foundation
import LatchkeyProtocol
import SMTP
import ServiceStore
import ServiceWorld
import Testing

@Suite("delivering mail") struct MailDeliveryTests {
  private func code(_ seconds: TimeInterval = 900) -> Mail {
    Mail(
      .oneTimeCode(
        code: Secret("XK7P2M"), link: Secret("http://localhost:1411/lc/XK7P2M"), expiresAt: Date() + seconds,
        askedByReader: true))
  }

  private func world() async throws -> (World, User) {
    let world = try await World()
    var browser = Browser(world)
    let user = try await browser.setUp()
    try await world.configureMail()
    return (world, user)
  }

  @Test("a mail is delivered once, in words, and its content is gone afterwards")
  func delivered() async throws {
    let (world, user) = try await world()
    try await world.post(code(), about: user.id)
    let carrier = FakeCarrier()
    for _ in 0..<2 { try await world.delivery(carrier).deliverDue() }
    #expect(carrier.sent.count == 1)
    let mail = try #require(carrier.sent.first)
    #expect(mail.to.description == "ada@example.com" && mail.from.description == "id@example.org")
    #expect(mail.text.contains("XK7P2M") && mail.subject == "Your login code for Latchkey")
    let row = try #require(try await world.outbox().first)
    #expect(row.delivered && row.contentBytes == 0 && row.attempts == 1)
  }

  @Test("what lies in the outbox tells nothing")
  func sealed() async throws {
    let (world, user) = try await world()
    let id = try await world.post(code(), about: user.id)
    let item = try MailOutbox(keys: world.adminKeys).item(code(), id: id)
    #expect(!"\(item)".contains("XK7P2M"))
    #expect(MailOutbox(keys: world.adminKeys).open(Data([1, 2, 3]), id: id) == nil)
  }

  @Test("two instances side by side deliver each of many mails exactly once")
  func twoInstances() async throws {
    let (world, user) = try await world()
    for _ in 0..<40 { try await world.post(code(), about: user.id) }
    let carrier = FakeCarrier { _ in
      for _ in 0..<5 { await Task.yield() }
      return .delivered
    }
    let (one, other) = (try world.delivery(carrier), try world.delivery(carrier))
    async let first: Void = one.deliverDue()
    async let second: Void = other.deliverDue()
    _ = await (first, second)
    #expect(carrier.sent.count == 40)
    #expect(Set(carrier.sent.map(\.id)).count == 40)
    #expect(try await world.outbox().allSatisfy { $0.delivered && $0.attempts == 1 })
  }

  @Test("a claim of an instance that was killed runs out, and another delivers")
  func killed() async throws {
    let (world, user) = try await world()
    try await world.post(code(), about: user.id)
    try await world.sql(
      "UPDATE outbox SET leased_until = now() + interval '1 minute', leased_by = gen_random_uuid(), attempts = 1")
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.isEmpty, "it is another's")
    try await world.sql("UPDATE outbox SET leased_until = now()")
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.count == 1)
    #expect(try await world.outbox().first?.attempts == 2)
  }

  @Test("a server that is down is tried again in a minute; a refused recipient is not")
  func troubles() async throws {
    let (world, user) = try await world()
    try await world.post(code(), about: user.id)
    try await world.delivery(FakeCarrier { _ in .deferred(.at(.connection)) }).deliverDue()
    let waiting = try #require(try await world.outbox().first)
    #expect(!waiting.failed && waiting.error == "connection: The server said: no")
    #expect((50...60).contains(waiting.waitsSeconds))
    try await world.sql("UPDATE outbox SET due_at = now()")
    try await world.delivery(FakeCarrier { _ in .refused(.at(.recipient)) }).deliverDue()
    let failed = try #require(try await world.outbox().first)
    #expect(failed.failed && failed.attempts == 2)
  }

  @Test("an outcome that comes after the claim ran out changes nothing")
  func lateOutcome() async throws {
    let (world, user) = try await world()
    try await world.post(code(), about: user.id)
    let carrier = FakeCarrier { _ in
      try? await world.sql("UPDATE outbox SET leased_by = gen_random_uuid()")
      return .refused(.at(.message))
    }
    try await world.delivery(carrier).deliverDue()
    let row = try #require(try await world.outbox().first)
    #expect(!row.failed && !row.delivered)
  }

  @Test("without a server mail waits, and what expires meanwhile is given up with the reason")
  func noServer() async throws {
    let (world, user) = try await world()
    try await world.set([:])
    try await world.post(code(), about: user.id)
    try await world.post(code(-1), about: user.id)
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.isEmpty)
    let rows = try await world.outbox()
    #expect(rows.map(\.failed).sorted { !$0 && $1 } == [false, true])
    #expect(rows.first { $0.failed }?.error == "expired")
  }

  @Test(
    "mail that has lost its reader is given up",
    arguments: [
      ("UPDATE users SET disabled = true", "disabled"), ("UPDATE users SET email = NULL", "noAddress"),
      ("UPDATE users SET email = 'eve@example.com'", "changedAddress"),
      ("UPDATE outbox SET user_id = NULL", "noAddress"),
      ("UPDATE outbox SET sealed = '\\x00'", "unreadable"), ("UPDATE outbox SET id = gen_random_uuid()", "unreadable"),
    ])
  func noReader(change: String, reason: String) async throws {
    let (world, user) = try await world()
    var mail = code()
    mail.recipient = "ada@example.com"
    try await world.post(mail, about: user.id)
    try await world.sql(change)
    let carrier = FakeCarrier()
    try await world.delivery(carrier).deliverDue()
    #expect(carrier.sent.isEmpty)
    #expect(try await world.outbox().first?.error == reason)
  }

  @Test("a new mail wakes the deliverer, long before its next round")
  func wakes() async throws {
    let (world, user) = try await world()
    let carrier = FakeCarrier()
    let delivery = try world.delivery(carrier)
    let running = Task { await delivery.run() }
    try await world.post(code(), about: user.id)
    #expect(try await world.outbox { $0.allSatisfy(\.delivered) })
    // The first may have been found by the round at the start; the second cannot.
    try await world.post(code(), about: user.id)
    #expect(try await world.outbox { $0.count == 2 && $0.allSatisfy(\.delivered) })
    running.cancel()
    await running.value
  }

  @Test("a missing sender's address is named, and mail waits for it")
  func noSender() async throws {
    let (world, user) = try await world()
    try await world.configureMail(["smtpFrom": ""])
    try await world.post(code(), about: user.id)
    try await world.delivery(FakeCarrier()).deliverDue()
    let row = try #require(try await world.outbox().first)
    #expect(!row.failed && row.error == "sender: The sender's address is not set.")
  }
}
