public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Usernames and e-mail addresses that cannot be taken: another's, or another's until recently. Apps match accounts by
/// them, so a user who takes a name at once gets what its last owner left behind.
public enum RetiredNames {
  /// How long no one else gets a name that a user gave up: the longest that a sign-in of an app usually lives.
  public static let days = 30

  /// Why a name cannot be taken.
  public struct Conflict: Sendable, Equatable {
    /// `username` or `email`.
    public let field: String
    /// When it is free again; nil if another user has it now.
    public let freeAt: Date?

    public init(field: String, freeAt: Date?) {
      self.field = field
      self.freeAt = freeAt
    }

    /// In the REST API's words.
    public var problem: FieldProblem {
      let name = field == "email" ? "e-mail address" : "username"
      guard let freeAt else { return FieldProblem(field, "taken", "Somebody has this \(name).") }
      let day = String(freeAt.formatted(.iso8601).prefix(10))
      return FieldProblem(
        field, "retired", "Somebody had this \(name) until recently: it is kept for them until \(day).")
    }
  }

  /// What keeps a user from taking a username and an address. A username that is another's address counts as taken, and
  /// so does an address that is another's username: it would pass for them.
  public struct Conflicts: Statement {
    public static let sql = """
      WITH wanted AS (
        SELECT kind, lower(name) AS name FROM (VALUES ('username', $2::text), ('email', $3)) v(kind, name))
      SELECT w.kind, NULL::timestamptz FROM wanted w JOIN users u ON lower(u.username) = w.name WHERE u.id <> $1
      UNION ALL SELECT w.kind, NULL FROM wanted w JOIN users u ON lower(u.email) = w.name WHERE u.id <> $1
      UNION ALL SELECT w.kind, r.free_at FROM wanted w
      JOIN retired_names r ON r.kind IN ('username', 'email') AND r.name = w.name
      WHERE r.user_id <> $1 AND r.free_at > now()
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - username: the new one; nil if it stays.
    ///   - email: the new one; nil if it stays, and for none.
    public init(of user: UserID, username: String?, email: String?) { bindings = Bindings(user.uuid, username, email) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Conflict {
      Conflict(field: try row.next(), freeAt: try row.next())
    }
  }

  /// Keeps names for the person who gives them up, and frees those that they take back.
  public struct Exchange: Statement {
    public static let sql = """
      WITH given AS (SELECT kind, lower(name) AS name FROM (VALUES ('username', $2::text), ('email', $3)) v(kind, name)),
      taken AS (SELECT kind, lower(name) AS name FROM (VALUES ('username', $4::text), ('email', $5)) v(kind, name)),
      freed AS (DELETE FROM retired_names r USING taken t WHERE r.kind = t.kind AND r.name = t.name)
      INSERT INTO retired_names (kind, name, user_id, free_at)
      SELECT kind, name, $1, now() + make_interval(days => \(days)) FROM given
      WHERE name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.kind = given.kind AND t.name = given.name)
      ON CONFLICT (kind, name) DO UPDATE SET user_id = $1, retired_at = now(), free_at = excluded.free_at
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - before: the account as it was; nil for a new one.
    ///   - after: as it is now; nil for one that is deleted.
    public init(of user: UserID, before: User?, after: User?) {
      let given: (username: String, email: String?)? = before.map { ($0.username, $0.email) }
      let taken: (username: String, email: String?)? = after.map { ($0.username, $0.email) }
      bindings = Bindings(user.uuid, given?.username, given?.email, taken?.username, taken?.email)
    }
  }
}
