import Foundation
public import LatchkeyProtocol
public import Postgres

/// The settings that an administrator, or the environment, chose.
public enum ChosenSettings {
  /// What counts now, without secrets.
  public struct Read: Statement {
    public static let sql = "SELECT coalesce(environment, chosen), environment IS NOT NULL FROM settings"

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> ApplicationSettings {
      let text: JSONText = try row.next()
      // Written by us alone: whatever is no text was never chosen here.
      let values = (try? JSONDecoder().decode([String: String].self, from: Data(text.text.utf8))) ?? [:]
      return ApplicationSettings(chosen: values, isFixed: try row.next())
    }
  }
}

/// Images of the installation.
public enum ImageVersions {
  /// The versions of the operator's own images, by name.
  public struct OfApplication: Statement {
    public static let sql = "SELECT name, version FROM images WHERE name LIKE 'application/%'"

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> (name: String, version: String) {
      (try row.next(), try row.next())
    }
  }
}
