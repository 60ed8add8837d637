import Foundation

/// The migrator's own SQL. The server computes the checksums, so that the driver needs no cryptography.
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

  /// Whether it removes what older programs may use: its name says so, since they cannot know otherwise.
  var takesAway: Bool { name.hasPrefix("drop_") }

  init(_ row: inout RowReader) throws(RowError) {
    version = try row.next()
    name = try row.next()
    checksum = try row.next()
  }
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

  static func decode(_ row: inout RowReader) throws(RowError) -> AppliedMigration { try AppliedMigration(&row) }
}

/// The history in `public`, where other programs keep tables of the same name.
enum PublicHistory {
  static let schema = "public"

  /// Whether there is one that looks like ours and may be read.
  struct IsReadable: Statement {
    static let sql = """
      SELECT EXISTS (
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relname = 'schema_migrations' AND c.relkind = 'r'
          AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND 3 = (
            SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
              AND (a.attname, a.atttypid) IN (('version', 'bigint'::regtype), ('name', 'text'::regtype),
                ('checksum', 'text'::regtype))))
      """

    static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  struct Entries: Statement {
    static let sql = "SELECT version, name, checksum FROM public.schema_migrations ORDER BY version"

    static func decode(_ row: inout RowReader) throws(RowError) -> AppliedMigration { try AppliedMigration(&row) }
  }
}

struct Checksums: Statement {
  static let sql = """
    SELECT encode(sha256(convert_to(text, 'UTF8')), 'hex')
    FROM unnest($1) WITH ORDINALITY AS migration (text, position) ORDER BY position
    """

  let texts: [String]

  var bindings: Bindings { Bindings(texts) }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

struct RecordApplied: Statement {
  static let sql = """
    INSERT INTO schema_migrations (version, name, checksum)
    VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
    """

  let migration: Migrator.Migration

  var bindings: Bindings { Bindings(migration.version, migration.name, migration.sql) }
}
