public import Foundation
public import Postgres

/// This installation: its id and what proves that `ENCRYPTION_KEY` fits the data.
public enum Instance {
  /// The check value, if the installation has begun. Nil row: it has not.
  public struct CheckValue: Statement {
    public static let sql = "SELECT encryption_check FROM instance"

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }

  /// Whether the table is there at all: before the first migration it is not.
  public struct Exists: Statement {
    public static let sql = "SELECT to_regclass('public.instance') IS NOT NULL"

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// SQL over `instance`: its first person is still missing. Nobody else ever was: whoever has been made through the
  /// API has the installation in hand. Whom STATIC_API_KEY acts as is nobody.
  static let isSetupNeeded = """
    (setup_completed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM users person WHERE NOT \(StaticKey.isOwner("person.id"))))
    """

  /// SQL over `instance`: the first person may be made now.
  static let isSetupOpen = "(now() < setup_open_until AND \(isSetupNeeded))"

  /// Begins the installation; of several that race, the first stays.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO instance (id, encryption_check) VALUES ($1, $2) ON CONFLICT (singleton) DO NOTHING
      """

    let id: UUID
    let check: Data

    public init(id: UUID, check: Data) {
      self.id = id
      self.check = check
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      values.add(check)
    }
  }

  /// Opens `/setup` for a while, at every start. Says whether an administrator is still missing.
  public struct OpenSetup: Statement {
    public static let sql = """
      UPDATE instance SET setup_open_until = now() + make_interval(secs => $1) RETURNING \(isSetupNeeded)
      """

    let seconds: Double

    public init(seconds: Double) { self.seconds = seconds }

    public func bind(_ values: inout Bindings) { values.add(seconds) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// The database's clock, to compare ours with.
  public struct Now: Statement {
    public static let sql = "SELECT clock_timestamp()"

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Date { try row.next() }
  }
}
