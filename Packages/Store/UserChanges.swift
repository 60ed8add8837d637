import Foundation
public import LatchkeyProtocol
public import Postgres

/// What administrators, and people themselves, change about accounts. Each runs in a transaction that began with
/// `LockAccounts`, as signing up does.
extension Users {
  /// Holds off every other change of accounts until the transaction ends: two that race must neither take the same name
  /// nor each demote the other of the last two administrators.
  public struct LockAccounts: Statement {
    public static let sql = "SELECT true FROM (SELECT pg_advisory_xact_lock(hashtextextended('accounts', 0))) held"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Whether anyone else may administer this installation. The user that exists only for STATIC_API_KEY does not count:
  /// no one signs in as them.
  public struct AnotherAdministrator: Statement {
    public static let sql = """
      SELECT EXISTS (
        SELECT 1 FROM users u WHERE u.is_admin AND NOT u.disabled AND u.id <> $1
          AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.user_id = u.id AND k.is_static))
      """

    public let bindings: Bindings

    public init(than user: UserID) { bindings = Bindings(user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Makes an account; a requested id that is in use breaks `users_pkey`.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO users AS u (id, username, email, first_name, last_name, display_name, locale, email_verified, is_admin,
        disabled)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING \(columns)
      """

    public let bindings: Bindings

    public init(id: UserID, _ account: Admin.Account) {
      bindings = Bindings { values in
        account.bind(id, &values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  public struct Update: Statement {
    public static let sql = """
      UPDATE users u SET username = $2, email = $3, first_name = $4, last_name = $5, display_name = $6, locale = $7,
        email_verified = $8, is_admin = $9, disabled = $10, updated_at = now(),
        codes_from = CASE WHEN $11 THEN now() + make_interval(secs => $12) ELSE u.codes_from END,
        codes_confirm_hash = CASE WHEN $11 THEN $13 ELSE u.codes_confirm_hash END
      WHERE u.id = $1 RETURNING \(columns)
      """

    public let bindings: Bindings

    /// - Parameter wait: how long codes by mail wait from now on; nil leaves it as it is.
    public init(id: UserID, _ account: Admin.Account, wait: MailedCodes.Wait?) {
      bindings = Bindings { values in
        account.bind(id, &values)
        values.add(wait != nil, wait?.seconds, wait?.confirmHash)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// Deletes an account with what depends on it: passkeys, sessions, keys, memberships, claims, grants, picture. Apps
  /// that still know the user are told.
  public struct Delete: Statement {
    public static let sql = """
      WITH picture AS (DELETE FROM images WHERE name IN ('user/' || $1::text, 'user/' || $1::text || '/small')),
      told AS (\(LogoutNotices.insert(when: "g.user_id = $1 AND \(GrantLife.lives("g"))")))
      DELETE FROM users WHERE id = $1
      """

    public let bindings: Bindings

    public init(id: UserID) { bindings = Bindings(id.uuid) }
  }

  /// Those of the groups that exist, locked until the transaction ends.
  public struct LockGroups: Statement {
    public static let sql = """
      SELECT g.id, g.name, g.friendly_name, g.created_at FROM user_groups g WHERE g.id = ANY($1::uuid[])
      ORDER BY g.name FOR SHARE
      """

    public let bindings: Bindings

    public init(_ groups: [GroupID]) { bindings = Bindings(groups.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> GroupSummary {
      GroupSummary(
        id: GroupID(try row.next()), name: try row.next(), friendlyName: try row.next(), createdAt: try row.next())
    }
  }

  /// Puts a person into exactly these groups.
  public struct SetGroups: Statement {
    public static let sql = """
      WITH left_behind AS (DELETE FROM user_groups_users WHERE user_id = $1 AND group_id <> ALL($2::uuid[]))
      INSERT INTO user_groups_users (user_id, group_id) SELECT $1, g FROM unnest($2::uuid[]) AS g
      ON CONFLICT DO NOTHING
      """

    public let bindings: Bindings

    public init(_ user: UserID, _ groups: [GroupID]) { bindings = Bindings(user.uuid, groups.map(\.uuid)) }
  }

  /// Ends a person's sessions and what apps hold of them, so that neither comes back when the account is enabled again,
  /// and tells the apps.
  public struct EndEverything: Statement {
    public static let sql = """
      WITH told AS (\(LogoutNotices.insert(when: "g.user_id = $1 AND \(GrantLife.lives("g"))"))),
      tokens AS (
        UPDATE grants SET ended_at = now(), ended_reason = 'user_disabled' WHERE user_id = $1 AND ended_at IS NULL)
      UPDATE sessions SET ended_at = now(), ended_reason = 'user_disabled' WHERE user_id = $1 AND ended_at IS NULL
      """

    public let bindings: Bindings

    public init(of user: UserID) { bindings = Bindings(user.uuid) }
  }
}

extension Admin.Account {
  /// Parameters $1 to $10.
  fileprivate func bind(_ id: UserID, _ values: inout Bindings) {
    values.add(
      id.uuid, profile.username, profile.email, profile.firstName, profile.lastName, profile.nameToShow, profile.locale,
      emailVerified, isAdmin, disabled)
  }
}
