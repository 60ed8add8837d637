package import Foundation
package import LatchkeyProtocol
import Postgres

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
