import Foundation
public import LatchkeyProtocol
public import Postgres

/// Groups, for their administrators.
public enum Groups {
  /// The columns of a group under the alias `ug`, in the order that `decode` reads them.
  static let columns = """
    ug.id, ug.name, ug.friendly_name, ug.created_at,
    (SELECT count(*) FROM user_groups_users m WHERE m.group_id = ug.id),
    ARRAY(SELECT cc.key FROM custom_claims cc WHERE cc.group_id = ug.id ORDER BY cc.key),
    ARRAY(SELECT cc.value FROM custom_claims cc WHERE cc.group_id = ug.id ORDER BY cc.key)
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Group {
    let id: UUID = try row.next()
    let name: String = try row.next()
    let friendlyName: String = try row.next()
    let createdAt: Date = try row.next()
    let count: Int64 = try row.next()
    let keys: [String] = try row.next()
    let values: [String] = try row.next()
    return Admin.Group(
      id: GroupID(id), name: name, friendlyName: friendlyName,
      customClaims: zip(keys, values).map { CustomClaim(key: $0, value: $1) }, userCount: Int(count),
      createdAt: createdAt)
  }

  /// One page of groups; each row also has the total.
  public struct List: Statement {
    /// The columns that a list may be sorted by.
    public enum Sort: String, Sendable, CaseIterable {
      case friendlyName
      case name
      case createdAt
      case userCount
    }

    /// Members are counted for the groups of the page alone, unless they are sorted by it.
    public static let sql = """
      SELECT \(columns), chosen.total FROM (
        SELECT g.id, count(*) OVER () AS total, row_number() OVER (ORDER BY
          CASE WHEN $2 = 'friendlyName' AND NOT $3 THEN lower(g.friendly_name) END,
          CASE WHEN $2 = 'friendlyName' AND $3 THEN lower(g.friendly_name) END DESC,
          CASE WHEN $2 = 'name' AND NOT $3 THEN lower(g.name) END,
          CASE WHEN $2 = 'name' AND $3 THEN lower(g.name) END DESC,
          CASE WHEN $2 = 'createdAt' AND NOT $3 THEN g.created_at END,
          CASE WHEN $2 = 'createdAt' AND $3 THEN g.created_at END DESC,
          CASE WHEN $2 = 'userCount' THEN
            (SELECT count(*) FROM user_groups_users m WHERE m.group_id = g.id) * CASE WHEN $3 THEN -1 ELSE 1 END END,
          lower(g.friendly_name), g.id) AS place
        FROM user_groups g
        WHERE $1::text IS NULL OR g.name ILIKE $1 OR g.friendly_name ILIKE $1
        ORDER BY place LIMIT $4 OFFSET $5) chosen
      JOIN user_groups ug ON ug.id = chosen.id ORDER BY chosen.place
      """

    public let bindings: Bindings

    public init(_ query: ListQuery<Sort>) {
      bindings = Bindings { values in
        values.add(query.pattern)
        query.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<Admin.Group> {
      try Counted(&row, Groups.decode)
    }
  }

  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM user_groups ug WHERE ug.id = $1"

    public let bindings: Bindings

    public init(id: GroupID) { bindings = Bindings(id.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Group { try Groups.decode(&row) }
  }

  /// The group as it is now, locked against every other change until the transaction ends.
  public struct Lock: Statement {
    public static let sql = "SELECT \(columns) FROM user_groups ug WHERE ug.id = $1 FOR UPDATE OF ug"

    public let bindings: Bindings

    public init(id: GroupID) { bindings = Bindings(id.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Group { try Groups.decode(&row) }
  }

  /// Makes a group. The same id is made once; a name in use breaks `user_groups_name_key`.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO user_groups (id, name, friendly_name) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING
      """

    public let bindings: Bindings

    public init(id: GroupID, name: String, friendlyName: String) { bindings = Bindings(id.uuid, name, friendlyName) }
  }

  public struct Update: Statement {
    public static let sql = "UPDATE user_groups SET name = $2, friendly_name = $3 WHERE id = $1"

    public let bindings: Bindings

    public init(id: GroupID, name: String, friendlyName: String) { bindings = Bindings(id.uuid, name, friendlyName) }
  }

  /// Deletes a group; memberships, claims and permissions go with it.
  public struct Delete: Statement {
    public static let sql = "DELETE FROM user_groups WHERE id = $1"

    public let bindings: Bindings

    public init(id: GroupID) { bindings = Bindings(id.uuid) }
  }

  /// Which of these groups exist.
  public struct Known: Statement {
    public static let sql = "SELECT id FROM user_groups WHERE id = ANY($1)"

    public let bindings: Bindings

    public init(_ ids: [GroupID]) { bindings = Bindings(ids.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> GroupID { GroupID(try row.next()) }
  }

  /// Which of these are groups; held against deletion until the transaction ends.
  public struct Existing: Statement {
    public static let sql = """
      SELECT g.id, g.name FROM user_groups g WHERE g.id = ANY($1) ORDER BY g.id FOR SHARE OF g
      """

    public let bindings: Bindings

    public init(_ ids: [GroupID]) { bindings = Bindings(ids.map(\.uuid)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (id: GroupID, name: String) {
      (id: GroupID(try row.next()), name: try row.next())
    }
  }
}
