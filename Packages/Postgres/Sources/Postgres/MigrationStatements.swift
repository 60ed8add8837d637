import Foundation

/// The migrator's own SQL. Checksums are made by the server, so that the driver needs no cryptography.
let historyTable = """
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version bigint PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )
  """

struct AppliedMigration: Sendable {
  let version: Int
  let name: String
  let checksum: String
}

/// The lock's number is arbitrary; it only has to be the same in every version of the program ("latchkey" in ASCII).
struct TakeLock: Statement {
  static let sql = "SELECT pg_advisory_lock(x'6c617463686b6579'::bigint)"
}

struct HistoryExists: Statement {
  static let sql = "SELECT to_regclass('schema_migrations') IS NOT NULL"

  static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
}

struct ListApplied: Statement {
  static let sql = "SELECT version, name, checksum FROM schema_migrations ORDER BY version"

  static func decode(_ row: inout RowReader) throws(RowError) -> AppliedMigration {
    AppliedMigration(version: try row.next(), name: try row.next(), checksum: try row.next())
  }
}

struct Checksums: Statement {
  static let sql = """
    SELECT encode(sha256(convert_to(text, 'UTF8')), 'hex')
    FROM unnest($1) WITH ORDINALITY AS migration (text, position) ORDER BY position
    """

  let texts: [String]

  func bind(_ values: inout Bindings) { values.add(texts) }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

struct RecordApplied: Statement {
  static let sql = """
    INSERT INTO schema_migrations (version, name, checksum)
    VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
    """

  let migration: Migrator.Migration

  func bind(_ values: inout Bindings) {
    values.add(migration.version)
    values.add(migration.name)
    values.add(migration.sql)
  }
}
