/// The one place with SQL: the schema's migrations, who may write which table, and every statement as a named type.
///
/// One file per subject. A statement names its row; services say `database.first(Sessions.Resolve(token))`.
/// It must not know messages' rules, keys or HTTP: it is handed hashes and sealed bytes.
public enum Schema {
  /// Every migration, in order. What has landed is frozen: its checksum is compared at every start.
  public static var migrations: [(version: Int, name: String, sql: String)] {
    [
      (version: 1, name: "foundation", sql: text(PackageResources.V0001__foundation_sql)),
      (version: 2, name: "people_and_groups", sql: text(PackageResources.V0002__people_and_groups_sql)),
      (version: 3, name: "tokens_logout_keys", sql: text(PackageResources.V0003__tokens_logout_keys_sql)),
      (version: 4, name: "consents_names_keys", sql: text(PackageResources.V0004__consents_names_keys_sql)),
      (version: 5, name: "no_request_times", sql: text(PackageResources.V0005__no_request_times_sql)),
      (version: 6, name: "own_schema", sql: text(PackageResources.V0006__own_schema_sql)),
    ]
  }

  /// The migration that takes the tables out of `public`, where those before it made them.
  public static let leavesPublicAt = 6

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
