public import Postgres

/// The database roles of the services: one each, so that a service can reach only what `Ownership` gives it.
public enum Roles {
  /// Who we are to the server, and whether it lets us make roles.
  public struct Current: Statement {
    public static let sql = """
      SELECT current_database()::text, rolname::text, current_schema()::text, rolsuper OR rolcreaterole
      FROM pg_roles WHERE rolname = current_user
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> (
      database: String, user: String, schema: String, mayMakeRoles: Bool
    ) {
      (try row.next(), try row.next(), try row.next(), try row.next())
    }
  }

  /// Whether a role of this name exists.
  public struct Exists: Statement {
    public static let sql = "SELECT 1 FROM pg_roles WHERE rolname = $1"

    public let bindings: Bindings

    public init(_ name: String) { bindings = Bindings(name) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int32 { try row.next() }
  }

  /// Whether a database of this name exists.
  public struct DatabaseExists: Statement {
    public static let sql = "SELECT 1 FROM pg_database WHERE datname = $1"

    public let bindings: Bindings

    public init(_ name: String) { bindings = Bindings(name) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int32 { try row.next() }
  }

  /// Held to the end of the transaction, so that several launchers preparing one server do it one after the other.
  public static let unsafeLock = "SELECT pg_advisory_xact_lock(7811887)"

  /// The role of a service in a database. Roles belong to the whole server, databases do not: the name has both.
  public static func name(for service: Ownership.Service, database: String) -> String {
    // A name has at most 63 bytes; beyond that PostgreSQL cuts it, and two roles would become one.
    String(decoding: Array(database.utf8).prefix(50), as: UTF8.self) + "_" + service.rawValue
  }

  /// Makes a role that may log in and nothing else, or sets its password where it exists.
  public static func unsafeEnsure(_ role: String, exists: Bool, password: String) -> String {
    "\(exists ? "ALTER" : "CREATE") ROLE \(SQLText.identifier(role)) LOGIN PASSWORD \(SQLText.literal(password))"
  }

  /// Makes a database of the superuser's.
  public static func unsafeCreateDatabase(_ name: String) -> String { "CREATE DATABASE \(SQLText.identifier(name))" }
}
