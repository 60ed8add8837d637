public import Foundation
public import Postgres

/// What `latchkey encryption-key-rotate` reads and writes, all in one transaction of the owner's.
public enum EncryptionKeyChange {
  /// Keeps anything else from beginning an installation or a service with the old key until the transaction ends.
  public struct Lock: Statement {
    public static let sql = "SELECT encryption_check FROM instance FOR UPDATE"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }

  /// Services that are connected to this database, wherever they run.
  public struct Running: Statement {
    public static let sql = """
      SELECT DISTINCT application_name FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'latchkey-%' ORDER BY application_name
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }

  /// Seconds until no app can still be retrying for the successor of a refresh token, which is derived from a key that
  /// is about to change; 0 or less if that is already so.
  public struct Unsettled: Statement {
    public static let sql = """
      SELECT coalesce(extract(epoch FROM max(used_at) - now()) + $1, 0)::float8 FROM refresh_tokens
      """

    public let bindings: Bindings

    /// - Parameter seconds: how long a client may retry.
    public init(seconds: Double) { bindings = Bindings(seconds) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Double { try row.next() }
  }

  public struct SetCheck: Statement {
    public static let sql = "UPDATE instance SET encryption_check = $1"

    public let bindings: Bindings

    public init(_ check: Data) { bindings = Bindings(check) }
  }

  /// Every key that is written down.
  public struct Keys: Statement {
    public static let sql = "SELECT service, use, sealed FROM data_keys ORDER BY service, use"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> DataKeys.Kept {
      DataKeys.Kept(owner: try row.next(), use: try row.next(), sealed: try row.next())
    }
  }

  /// Writes down a key, replacing what was there.
  public struct SetKey: Statement {
    public static let sql = """
      INSERT INTO data_keys (id, service, use, sealed) VALUES (gen_random_uuid(), $1, $2, $3)
      ON CONFLICT (service, use) DO UPDATE SET sealed = excluded.sealed
      """

    public let bindings: Bindings

    public init(_ key: DataKeys.Kept) { bindings = Bindings(key.owner, key.use, key.sealed) }
  }

  /// The secrets among the settings, by name: the administrator's and the environment's.
  public struct Settings: Statement {
    public static let sql = "SELECT sealed, environment_sealed FROM settings FOR UPDATE"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> (
      sealed: [String: String], environment: [String: String]?
    ) {
      let sealed = ChosenSettings.texts(try row.next())
      return (sealed, (try row.next() as JSONText?).map(ChosenSettings.texts))
    }
  }

  public struct SetSettings: Statement {
    public static let sql = "UPDATE settings SET sealed = $1, environment_sealed = $2"

    public let bindings: Bindings

    public init(sealed: [String: String], environment: [String: String]?) {
      bindings = Bindings(ChosenSettings.json(sealed), environment.map(ChosenSettings.json))
    }
  }

  /// The sealed items of the outbox, in batches ordered by id.
  public struct Outbox: Statement {
    /// Mails of a few kilobytes each.
    public static let batch = 500

    public static let sql = """
      SELECT id, sealed FROM outbox WHERE id > $1 AND sealed <> ''::bytea ORDER BY id LIMIT \(batch)
      """

    public let bindings: Bindings

    public init(after: UUID) { bindings = Bindings(after) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (id: UUID, sealed: Data) {
      (try row.next(), try row.next())
    }
  }

  public struct SetMail: Statement {
    public static let sql = "UPDATE outbox SET sealed = $2 WHERE id = $1"

    public let bindings: Bindings

    public init(id: UUID, sealed: Data) { bindings = Bindings(id, sealed) }
  }
}
