import Foundation
public import LatchkeyProtocol
public import Postgres

/// People.
public enum Users {
  /// The columns of a user under the alias `u`, in the order that `User.init(row:)` reads them.
  static let columns = """
    u.id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.display_name, u.is_admin, u.locale,
    u.disabled, u.picture_version
    """

  /// By username or e-mail address, without regard to case.
  public struct FindByLogin: Statement {
    public static let sql = """
      SELECT \(columns) FROM users u WHERE lower(u.username) = lower($1) OR lower(u.email) = lower($1)
      ORDER BY lower(u.username) = lower($1) DESC LIMIT 1
      """

    let login: String

    public init(_ login: String) { self.login = login }

    public func bind(_ values: inout Bindings) { values.add(login) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// Changes a profile. A new e-mail address is unverified. A name in use breaks `users_username_key` or `users_email_key`.
  public struct UpdateProfile: Statement {
    public static let sql = """
      UPDATE users u SET username = $2, email = $3, first_name = $4, last_name = $5, display_name = $6, locale = $7,
        email_verified = u.email_verified AND lower(u.email) IS NOT DISTINCT FROM lower($3), updated_at = now()
      WHERE u.id = $1 RETURNING \(columns)
      """

    let id: UserID
    let profile: Profile
    let displayName: String

    public init(id: UserID, profile: Profile, displayName: String) {
      self.id = id
      self.profile = profile
      self.displayName = displayName
    }

    public func bind(_ values: inout Bindings) {
      values.add(id.uuid)
      values.add(profile.username)
      values.add(profile.email)
      values.add(profile.firstName)
      values.add(profile.lastName)
      values.add(displayName)
      values.add(profile.locale)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }
}

extension User {
  init(row: inout RowReader) throws(RowError) {
    self.init(
      id: UserID(try row.next()), username: try row.next(), email: try row.next(), emailVerified: try row.next(),
      firstName: try row.next(), lastName: try row.next(), displayName: try row.next(), isAdmin: try row.next(),
      locale: try row.next(), disabled: try row.next())
    pictureVersion = try row.next()
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
    guard let id, let username, let emailVerified, let firstName, let lastName, let displayName, let isAdmin,
      let disabled
    else { return nil }
    return User(
      id: UserID(id), username: username, email: email, emailVerified: emailVerified, firstName: firstName,
      lastName: lastName, displayName: displayName, isAdmin: isAdmin, locale: locale, disabled: disabled,
      pictureVersion: pictureVersion)
  }
}
