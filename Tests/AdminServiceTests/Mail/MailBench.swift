import AdminService
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import SMTP
import ServiceKit
import ServiceStore
import ServiceWorld
import Store
import Synchronization

/// A server that takes mail in memory, or says what a test tells it to.
final class FakeCarrier: MailCarrier {
  private let taken = Mutex<[OutgoingMail]>([])
  private let answer: @Sendable (OutgoingMail) async -> Outcome

  init(_ answer: @escaping @Sendable (OutgoingMail) async -> Outcome = { _ in .delivered }) { self.answer = answer }

  var sent: [OutgoingMail] { taken.withLock { $0 } }

  func send(_ mail: OutgoingMail, to server: SMTPServer) async -> Outcome {
    taken.withLock { $0.append(mail) }
    return await answer(mail)
  }
}

/// What one row of the outbox has come to.
struct OutboxRow: Sendable {
  let kind: String
  let delivered: Bool
  let failed: Bool
  let attempts: Int
  let error: String?
  let waitsSeconds: Double
  let contentBytes: Int
}

private struct ReadOutbox: Statement {
  static let sql = """
    SELECT kind, delivered_at IS NOT NULL, failed_at IS NOT NULL, attempts, last_error,
      extract(epoch FROM due_at - now())::float8, length(sealed) FROM outbox ORDER BY created_at, id
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> OutboxRow {
    OutboxRow(
      kind: try row.next(), delivered: try row.next(), failed: try row.next(), attempts: try row.next(),
      error: try row.next(),
      waitsSeconds: try row.next(), contentBytes: try row.next())
  }
}

extension World {
  /// One instance that delivers.
  func delivery(_ carrier: FakeCarrier) throws -> MailDelivery {
    guard let url = AppURL(World.appURL) else { throw WorldProblem.address }
    return MailDelivery(
      database: database, keys: adminKeys, carrier: carrier, appURL: url, appName: "Latchkey",
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Says where mail goes, and whatever else a test wants set.
  func configureMail(_ others: [String: String] = [:]) async throws {
    let mail = ["smtpHost": "mail.example.com", "smtpFrom": "id@example.org"]
    try await set(mail.merging(others) { _, own in own })
  }

  func set(_ settings: [String: String]) async throws {
    let json = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    try await sql("UPDATE settings SET chosen = '\(json)'")
  }

  @discardableResult
  func post(_ mail: Mail, about user: UserID?) async throws -> UUID {
    let id = UUID()
    _ = try await database.write(Outbox.Post(try MailOutbox(keys: adminKeys).item(mail, id: id), about: user))
    return id
  }

  func outbox() async throws -> [OutboxRow] { try await database.read(ReadOutbox()) }

  /// Waits until the outbox looks so, for ten seconds at most.
  func outbox(becomes condition: ([OutboxRow]) -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      if condition(try await outbox()) { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}

enum WorldProblem: Error { case address }

extension Outcome.Trouble {
  static func at(_ step: Outcome.Step) -> Outcome.Trouble { Outcome.Trouble(step, "The server said: no") }
}
