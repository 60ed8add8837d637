package import Foundation
package import LatchkeyProtocol
package import AdminService
import Logging
import Postgres
package import ServiceStore

/// One entry of the record, as tests compare it.
package struct RecordedEntry: Sendable {
  package let id: UUID
  package let event: String
  package let userID: UUID?
  package let username: String?
  package let actorName: String?
  package let session: UUID?
  package let address: String
  package let userAgent: String
  package let data: String
  package let changes: String?
}

extension World {
  /// The whole record, oldest first.
  package func recorded() async throws -> [RecordedEntry] { try await database.search(WholeRecord()) }

  /// How many entries of one event there are.
  package func recorded(_ event: AuditEvent) async throws -> Int {
    try await recorded().count { $0.event == event.rawValue }
  }
}

extension World {
  /// How many mails wait to be delivered, or were.
  package func mails() async throws -> Int { try await database.search(Mails()).first ?? 0 }
}

private struct Mails: Statement {
  static let sql = "SELECT count(*) FROM outbox WHERE service = 'admin'"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

private struct WholeRecord: Statement {
  static let sql = """
    SELECT id, event, user_id, username, actor_name, session_id, address, user_agent, data::text, changes::text
    FROM audit_log ORDER BY created_at, event, id
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> RecordedEntry {
    RecordedEntry(
      id: try row.next(), event: try row.next(), userID: try row.next(), username: try row.next(),
      actorName: try row.next(), session: try row.next(), address: try row.next(), userAgent: try row.next(),
      data: try row.next(), changes: try row.next())
  }
}

extension World {
  /// One process's sealer, by another key where one is given.
  package func sealer(retentionDays: Int = 90, keys: ServiceKeys? = nil) -> AuditSealer {
    AuditSealer(
      in: database, keys: keys ?? adminKeys, retentionDays: retentionDays,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Checks the record; by another key where one is given.
  package func checkedRecord(keys: ServiceKeys? = nil, noted: AuditReport.Seam? = nil) async throws -> AuditReport {
    let session = try await Session.open(configuration)
    let report = try await AuditVerification(chain: AuditChain(keys: keys ?? adminKeys), noted: noted).run(session)
    await session.close()
    return report
  }

  /// Adds entries to the record, a second apart, the newest of them so many seconds ago.
  package func addEntries(_ count: Int, endingSecondsAgo seconds: Int = 0) async throws {
    try await sql(
      """
      INSERT INTO audit_log (id, created_at, event, username, address, user_agent, data, request_id)
      SELECT gen_random_uuid(), now() - make_interval(secs => \(seconds) + \(count) - n), 'SIGN_IN', 'user' || n,
        '192.0.2.1', 'Test/1', jsonb_build_object('n', n::text, 'method', 'test'), '\\x00'
      FROM generate_series(1, \(count)) n
      """)
  }
}
