import Foundation
public import Postgres

extension ChosenSettings {
  /// The sealed secrets that count now, by setting.
  public struct ReadSealed: Statement {
    public static let sql = """
      SELECT coalesce(environment_sealed, CASE WHEN environment IS NULL THEN sealed ELSE '{}' END) FROM settings
      """

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> [String: String] {
      let text: JSONText = try row.next()
      return (try? JSONDecoder().decode([String: String].self, from: Data(text.text.utf8))) ?? [:]
    }
  }
}
