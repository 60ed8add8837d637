public import Foundation
public import Postgres

/// This installation: its id and what proves that `ENCRYPTION_KEY` fits the data.
public enum Instance {
  /// The check value, if the installation has begun. Nil row: it has not.
  public struct CheckValue: Statement {
    public static let sql = "SELECT encryption_check FROM instance"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }

  /// Whether the table exists: before the first migration it does not.
  public struct Exists: Statement {
    public static let sql = "SELECT to_regclass('instance') IS NOT NULL"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// SQL over `instance`: its first user is still missing, and no other exists: a user made through the API is already
  /// in charge of the installation. The user that STATIC_API_KEY acts as does not count.
  static let isSetupNeeded = """
    (setup_completed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM users person WHERE NOT \(StaticKey.isOwner("person.id"))))
    """

  /// SQL over `instance`: the first user may be made now, or another one because a command on the machine allowed it.
  static let isSetupOpen = """
    ((now() < setup_open_until AND \(isSetupNeeded)) OR coalesce(now() < setup_reopened_until, false))
    """

  /// Begins the installation; if several race, the first stays.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO instance (id, encryption_check) VALUES ($1, $2) ON CONFLICT (singleton) DO NOTHING
      """

    public let bindings: Bindings

    public init(id: UUID, check: Data) { bindings = Bindings(id, check) }
  }

  /// What the code for `/setup` is made from (`SetupCode`).
  public struct SetupSeed: Sendable, Equatable {
    public let instance: UUID
    /// How often a command has reopened set-up, each time with another code.
    public let openings: Int

    static let columns = "id, setup_openings"

    init(row: inout RowReader) throws(RowError) {
      instance = try row.next()
      openings = try row.next()
    }
  }

  /// Opens `/setup` for a while, at every start. Nil: a user exists already, and it stays closed.
  public struct OpenSetup: Statement {
    public static let sql = """
      UPDATE instance SET setup_open_until = now() + make_interval(secs => $1)
      RETURNING \(isSetupNeeded), \(SetupSeed.columns)
      """

    public let bindings: Bindings

    public init(seconds: Double) { bindings = Bindings(seconds) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> SetupSeed? {
      let isNeeded: Bool = try row.next()
      let seed = try SetupSeed(row: &row)
      return isNeeded ? seed : nil
    }
  }

  /// Opens `/setup` for a while, whichever users exist, for a command on the machine, and records it.
  public struct ReopenSetup: Statement {
    public static let sql = """
      WITH entry AS (\(AuditEntry.insert(parameter: "$2", when: "true")))
      UPDATE instance SET setup_reopened_until = now() + make_interval(secs => $1), setup_openings = setup_openings + 1
      RETURNING \(SetupSeed.columns)
      """

    public let bindings: Bindings

    public init(seconds: Double, entry: AuditEntry) { bindings = Bindings(seconds, entry.json) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> SetupSeed { try SetupSeed(row: &row) }
  }

  /// The database's clock, to compare ours with.
  public struct Now: Statement {
    public static let sql = "SELECT clock_timestamp()"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Date { try row.next() }
  }
}
