import Encodings
import Foundation
public import LatchkeyProtocol
public import Postgres

/// The settings that an administrator, or the environment, chose.
public enum ChosenSettings {
  /// The settings in force and the sealed secrets among them, as base64url text by name.
  public struct Everything: Sendable, Equatable {
    public let settings: ApplicationSettings
    public let sealed: [String: String]

    init(row: inout RowReader) throws(RowError) {
      let values: JSONText = try row.next()
      let isFixed: Bool = try row.next()
      settings = ApplicationSettings(chosen: texts(values), isFixed: isFixed)
      sealed = texts(try row.next() as JSONText)
    }
  }

  /// Only we write these: a value that is not text was never chosen here.
  static func texts(_ json: JSONText) -> [String: String] {
    (json.value?.object ?? [:]).compactMapValues(\.string)
  }

  static func json(_ texts: [String: String]) -> JSONText { JSONText(of: .object(texts.mapValues { .string($0) })) }

  /// The environment's secrets count where its settings do.
  static let columns = """
    coalesce(environment, chosen), environment IS NOT NULL,
    CASE WHEN environment IS NULL THEN sealed ELSE coalesce(environment_sealed, '{}') END
    """

  /// The settings in force, without secrets.
  public struct Read: Statement {
    public static let sql = "SELECT coalesce(environment, chosen), environment IS NOT NULL FROM settings"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> ApplicationSettings {
      let values: JSONText = try row.next()
      return ApplicationSettings(chosen: texts(values), isFixed: try row.next())
    }
  }

  /// The settings in force, with the sealed secrets.
  public struct ReadAll: Statement {
    public static let sql = "SELECT \(columns) FROM settings"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Everything { try Everything(row: &row) }
  }

  /// The same, locked until the transaction ends: two administrators save one after the other.
  public struct Lock: Statement {
    public static let sql = "SELECT \(columns) FROM settings FOR UPDATE"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Everything { try Everything(row: &row) }
  }

  /// Replaces what the administrator chose.
  public struct Save: Statement {
    public static let sql = "UPDATE settings SET chosen = $1, sealed = $2, updated_at = now()"

    public let bindings: Bindings

    public init(chosen: [String: String], sealed: [String: String]) { bindings = Bindings(json(chosen), json(sealed)) }
  }

  /// Puts the environment in charge, or no longer. What the administrator chose stays beneath it.
  public struct SaveEnvironment: Statement {
    public static let sql = "UPDATE settings SET environment = $1, environment_sealed = $2"

    public let bindings: Bindings

    /// - Parameter chosen: nil gives the decision back to the administrator.
    public init(chosen: [String: String]?, sealed: [String: String]?) {
      bindings = Bindings(chosen.map(json), sealed.map(json))
    }
  }
}

/// Images of the installation.
public enum ImageVersions {
  /// The versions of the operator's own images, by name.
  public struct OfApplication: Statement {
    public static let sql = "SELECT name, version FROM images WHERE name LIKE 'application/%'"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> (name: String, version: String) {
      (try row.next(), try row.next())
    }
  }
}
