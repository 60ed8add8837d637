import Foundation
public import LatchkeyProtocol
public import Postgres

/// Who is in which group.
public enum GroupMembers {
  /// One page of people by name, in or outside a group; each row also has the total.
  public struct List: Statement {
    public static let sql = """
      SELECT \(Users.columns), count(*) OVER () FROM users u
      WHERE (u.id IN (SELECT m.user_id FROM user_groups_users m WHERE m.group_id = $1)) = $2
        AND ($3::text IS NULL OR u.search_text LIKE $3)
      ORDER BY lower(u.display_name), lower(u.username), u.id LIMIT $4 OFFSET $5
      """

    public let bindings: Bindings

    public init(group: GroupID, members: Bool, search: String?, limit: Int, offset: Int) {
      bindings = Bindings(
        group.uuid, members, search.map { Clients.pattern($0.lowercased()) }, Int64(limit), Int64(offset))
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<User> {
      try Counted(&row, User.init(row:))
    }
  }

  /// Which of these are people; held against deletion until the transaction ends.
  public struct Existing: Statement {
    public static let sql = "SELECT u.id FROM users u WHERE u.id = ANY($1) ORDER BY u.id FOR KEY SHARE OF u"

    public let bindings: Bindings

    public init(_ ids: [UserID]) { bindings = Bindings(ids.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> UserID { UserID(try row.next()) }
  }

  /// Makes exactly these people the members; returns who was added and removed.
  public struct Replace: Statement {
    public struct Row: Sendable {
      public let username: String
      public let added: Bool
    }

    public static let sql = """
      WITH gone AS (
        DELETE FROM user_groups_users WHERE group_id = $1 AND NOT user_id = ANY($2) RETURNING user_id),
      come AS (
        INSERT INTO user_groups_users (group_id, user_id) SELECT $1, id FROM users WHERE id = ANY($2)
        ON CONFLICT DO NOTHING RETURNING user_id)
      SELECT u.username, true FROM come JOIN users u ON u.id = come.user_id
      UNION ALL SELECT u.username, false FROM gone JOIN users u ON u.id = gone.user_id
      """

    public let bindings: Bindings

    public init(group: GroupID, users: [UserID]) { bindings = Bindings(group.uuid, users.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(username: try row.next(), added: try row.next())
    }
  }

  /// Adds one person, or removes them. A row says that the person exists, and whether anything changed.
  public struct Change: Statement {
    public struct Row: Sendable {
      public let username: String
      public let changed: Bool
    }

    public static let sql = """
      WITH who AS (SELECT id, username FROM users WHERE id = $2 FOR KEY SHARE),
      come AS (
        INSERT INTO user_groups_users (group_id, user_id) SELECT $1, id FROM who WHERE $3
        ON CONFLICT DO NOTHING RETURNING 1),
      gone AS (DELETE FROM user_groups_users WHERE group_id = $1 AND user_id = $2 AND NOT $3 RETURNING 1)
      SELECT username, EXISTS (SELECT 1 FROM come) OR EXISTS (SELECT 1 FROM gone) FROM who
      """

    public let bindings: Bindings

    public init(group: GroupID, user: UserID, isMember: Bool) { bindings = Bindings(group.uuid, user.uuid, isMember) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(username: try row.next(), changed: try row.next())
    }
  }
}
