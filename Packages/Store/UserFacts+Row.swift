import Foundation
import LatchkeyProtocol
import OIDCFacts
import Postgres

extension UserFacts {
  /// Of a user under the alias `u`, in the order that `init(row:)` reads them. A user without custom claims, as nearly
  /// all are, leaves nothing to parse.
  ///
  /// A group's claims follow its name, after a U+0001 that no name holds: every further subselect costs each token
  /// request 20 to 30 microseconds, whether or not it finds anything.
  static let columns = """
    u.id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.display_name, u.locale, u.updated_at,
    ARRAY(SELECT ug.name || coalesce(chr(1) || (\(pairs) WHERE cc.group_id = ug.id)::text, '')
      FROM user_groups_users m JOIN user_groups ug ON ug.id = m.group_id WHERE m.user_id = u.id ORDER BY ug.name),
    (\(pairs) WHERE cc.user_id = u.id)::text
    """

  private static let pairs =
    "SELECT jsonb_agg(jsonb_build_array(cc.key, cc.value) ORDER BY cc.key) FROM custom_claims cc"

  init(row: inout RowReader) throws(RowError) {
    guard let user = try Self.optional(row: &row) else {
      throw RowError(column: "id", wanted: "UserFacts", explanation: "is NULL")
    }
    self = user
  }

  /// Of an outer join: nil when there is no such person. All columns are read either way.
  static func optional(row: inout RowReader) throws(RowError) -> UserFacts? {
    let id: UUID? = try row.next()
    let username: String? = try row.next()
    let email: String? = try row.next()
    let emailVerified: Bool? = try row.next()
    let firstName: String? = try row.next()
    let lastName: String? = try row.next()
    let displayName: String? = try row.next()
    let locale: String? = try row.next()
    let updatedAt: Date? = try row.next()
    let groups: [String] = try row.next()
    let own: String? = try row.next()
    guard let id, let username, let emailVerified, let firstName, let lastName, let displayName else { return nil }
    let parts = groups.map { $0.split(separator: "\u{1}", maxSplits: 1).map(String.init) }
    return UserFacts(
      id: "\(UserID(id))", username: username, email: email, emailVerified: emailVerified, firstName: firstName,
      lastName: lastName,
      displayName: Profile.nameToShow(displayName, firstName: firstName, lastName: lastName, username: username),
      locale: locale, updatedAt: updatedAt, groups: parts.map { $0.first ?? "" },
      groupClaims: parts.flatMap { $0.count == 2 ? claims($0[1]) : [] }, userClaims: claims(own))
  }

  /// Pairs of key and value.
  private static func claims(_ text: String?) -> [StoredClaim] {
    guard let text, let pairs = try? JSONDecoder().decode([[String]].self, from: Data(text.utf8)) else { return [] }
    return pairs.compactMap { $0.count == 2 ? StoredClaim(key: $0[0], value: $0[1]) : nil }
  }
}
