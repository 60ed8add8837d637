import Foundation
public import LatchkeyProtocol
public import Postgres

/// People.
public enum Users {
  /// The columns of a user under the alias `u`, in the order that `User.init(row:)` reads them.
  static let columns = """
    u.id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.display_name, u.is_admin, u.locale,
    u.disabled, u.picture_version, CASE WHEN u.codes_from > now() THEN u.codes_from END
    """

  public struct Find: Statement {
    public static let sql = "SELECT \(columns) FROM users u WHERE u.id = $1"

    public let bindings: Bindings

    public init(_ id: UserID) { bindings = Bindings(id.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// By username or e-mail address, without regard to case.
  public struct FindByLogin: Statement {
    public static let sql = """
      SELECT \(columns) FROM users u WHERE lower(u.username) = lower($1) OR lower(u.email) = lower($1)
      ORDER BY lower(u.username) = lower($1) DESC LIMIT 1
      """

    public let bindings: Bindings

    public init(_ login: String) { bindings = Bindings(login) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM users u WHERE u.id = $1"

    public let bindings: Bindings

    public init(id: UserID) { bindings = Bindings(id.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// The groups and own claims of users, for responses that show them.
  public struct Details: Statement {
    public struct Row: Sendable {
      public let user: UserID
      /// By name.
      public let groups: [GroupSummary]
      /// By key.
      public let claims: [CustomClaim]
    }

    public static let sql = """
      SELECT u.id, g.ids, g.names, g.friendly_names, g.times, c.keys, c.texts
      FROM unnest($1::uuid[]) AS u(id)
      CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(g.id ORDER BY g.name), '{}') AS ids,
          coalesce(array_agg(g.name ORDER BY g.name), '{}') AS names,
          coalesce(array_agg(g.friendly_name ORDER BY g.name), '{}') AS friendly_names,
          coalesce(array_agg(g.created_at ORDER BY g.name), '{}') AS times
        FROM user_groups_users m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = u.id) g
      CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(c.key ORDER BY c.key), '{}') AS keys,
          coalesce(array_agg(c.value ORDER BY c.key), '{}') AS texts
        FROM custom_claims c WHERE c.user_id = u.id) c
      """

    public let bindings: Bindings

    public init(_ users: [UserID]) { bindings = Bindings(users.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let user = UserID(try row.next(UUID.self))
      let ids: [UUID] = try row.next()
      let names: [String] = try row.next()
      let friendlyNames: [String] = try row.next()
      let times: [Date] = try row.next()
      let keys: [String] = try row.next()
      let texts: [String] = try row.next()
      let groups = ids.indices.map {
        GroupSummary(
          id: GroupID(ids[$0]), name: names[$0], friendlyName: friendlyNames[$0], createdAt: times[$0])
      }
      return Row(user: user, groups: groups, claims: zip(keys, texts).map { CustomClaim(key: $0, value: $1) })
    }
  }
}

extension User {
  init(row: inout RowReader) throws(RowError) {
    self.init(
      id: UserID(try row.next()), username: try row.next(), email: try row.next(), emailVerified: try row.next(),
      firstName: try row.next(), lastName: try row.next(), displayName: try row.next(), isAdmin: try row.next(),
      locale: try row.next(), disabled: try row.next())
    pictureVersion = try row.next()
    codesMailedFrom = try row.next()
  }

  /// The user of an outer join: nil when there is none. All columns are read either way.
  static func optional(row: inout RowReader) throws(RowError) -> User? {
    let id: UUID? = try row.next()
    let username: String? = try row.next()
    let email: String? = try row.next()
    let emailVerified: Bool? = try row.next()
    let firstName: String? = try row.next()
    let lastName: String? = try row.next()
    let displayName: String? = try row.next()
    let isAdmin: Bool? = try row.next()
    let locale: String? = try row.next()
    let disabled: Bool? = try row.next()
    let pictureVersion: String? = try row.next()
    let codesMailedFrom: Date? = try row.next()
    guard let id, let username, let emailVerified, let firstName, let lastName, let displayName, let isAdmin,
      let disabled
    else { return nil }
    return User(
      id: UserID(id), username: username, email: email, emailVerified: emailVerified, firstName: firstName,
      lastName: lastName, displayName: displayName, isAdmin: isAdmin, locale: locale, disabled: disabled,
      codesMailedFrom: codesMailedFrom, pictureVersion: pictureVersion)
  }
}
