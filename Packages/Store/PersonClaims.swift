public import Foundation
public import LatchkeyProtocol
import Postgres

/// A person's claims, as the store has them.
public struct PersonClaims: Sendable {
  public let user: User
  /// When the person was last changed; claims and groups apart.
  public let updatedAt: Date
  /// Names of the groups, sorted.
  public let groups: [String]
  /// Claims of the groups by the groups' names: of two with one key, the later is the one that counts.
  public let groupClaims: [CustomClaim]
  /// The person's own claims, which count before those of groups.
  public let ownClaims: [CustomClaim]

  /// Of a user under the alias `u`, in the order that `init(row:)` reads them. Who has no custom claims, which is nearly
  /// everybody, has nothing to be parsed.
  ///
  /// A group's claims stand behind its name, after a U+0001 that no name holds: every further subselect costs each token
  /// request 20 to 30 microseconds, whether or not it finds anything.
  static let columns = """
    \(Users.columns), u.updated_at,
    ARRAY(SELECT ug.name || coalesce(chr(1) || (\(pairs) WHERE cc.group_id = ug.id)::text, '')
      FROM user_groups_users m JOIN user_groups ug ON ug.id = m.group_id WHERE m.user_id = u.id ORDER BY ug.name),
    (\(pairs) WHERE cc.user_id = u.id)::text
    """

  private static let pairs =
    "SELECT jsonb_agg(jsonb_build_array(cc.key, cc.value) ORDER BY cc.key) FROM custom_claims cc"

  init(row: inout RowReader) throws(RowError) {
    self.init(user: try User(row: &row), updatedAt: try row.next(), groups: try row.next(), own: try row.next())
  }

  private init(user: User, updatedAt: Date, groups: [String], own: String?) {
    var (names, claims): ([String], [CustomClaim]) = ([], [])
    for group in groups {
      let parts = group.split(separator: "\u{1}", maxSplits: 1)
      names.append(parts.first.map { String($0) } ?? "")
      if parts.count == 2 { claims += Self.claims(String(parts[1])) }
    }
    self.user = user
    self.updatedAt = updatedAt
    self.groups = names
    groupClaims = claims
    ownClaims = Self.claims(own)
  }

  /// Of an outer join: nil when there is no such person. All columns are read either way.
  static func optional(row: inout RowReader) throws(RowError) -> PersonClaims? {
    let user = try User.optional(row: &row)
    let updatedAt: Date? = try row.next()
    let groups: [String] = try row.next()
    let own: String? = try row.next()
    guard let user, let updatedAt else { return nil }
    return PersonClaims(user: user, updatedAt: updatedAt, groups: groups, own: own)
  }

  /// Pairs of key and value.
  private static func claims(_ text: String?) -> [CustomClaim] {
    guard let text, let pairs = try? JSONDecoder().decode([[String]].self, from: Data(text.utf8)) else { return [] }
    return pairs.compactMap { $0.count == 2 ? CustomClaim(key: $0[0], value: $0[1]) : nil }
  }
}
