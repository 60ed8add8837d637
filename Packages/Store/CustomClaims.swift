import Foundation
public import LatchkeyProtocol
public import Postgres

/// Claims of people's own making.
public enum CustomClaims {
  /// A user's or a group's, by key.
  public struct Of: Statement {
    public static let sql = """
      SELECT key, value FROM custom_claims
      WHERE user_id = $1 OR group_id = $2 ORDER BY key
      """

    public let bindings: Bindings

    public init(_ owner: Admin.ClaimOwner) {
      bindings = Bindings { values in
        owner.bind(to: &values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> CustomClaim {
      CustomClaim(key: try row.next(), value: try row.next())
    }
  }

  /// Takes away all of an owner's claims.
  public struct Clear: Statement {
    public static let sql = """
      DELETE FROM custom_claims WHERE user_id = $1 OR group_id = $2
      """

    public let bindings: Bindings

    public init(_ owner: Admin.ClaimOwner) {
      bindings = Bindings { values in
        owner.bind(to: &values)
      }
    }
  }

  public struct Insert: Statement {
    public static let sql = """
      INSERT INTO custom_claims (user_id, group_id, key, value) SELECT $1, $2, * FROM unnest($3::text[], $4::text[])
      """

    public let bindings: Bindings

    public init(_ claims: [CustomClaim], of owner: Admin.ClaimOwner) {
      bindings = Bindings { values in
        owner.bind(to: &values)
        values.add(claims.map(\.key), claims.map(\.value))
      }
    }
  }

  /// Locks the owner's row until the transaction ends, so that concurrent changes run one after the other. Returns the
  /// name of the user or group; no row if there is none.
  public struct LockOwner: Statement {
    public static let sql = """
      WITH person AS (SELECT username AS name FROM users WHERE id = $1 FOR UPDATE),
      team AS (SELECT name FROM user_groups WHERE id = $2 FOR UPDATE)
      SELECT name FROM person UNION ALL SELECT name FROM team
      """

    public let bindings: Bindings

    public init(_ owner: Admin.ClaimOwner) {
      bindings = Bindings { values in
        owner.bind(to: &values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }

  /// Keys in use, most used first.
  public struct Names: Statement {
    public static let sql = "SELECT key FROM custom_claims GROUP BY key ORDER BY count(*) DESC, key LIMIT $1"

    public let bindings: Bindings

    public init(limit: Int) { bindings = Bindings(Int64(limit)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }
}

extension Admin.ClaimOwner {
  func bind(to values: inout Bindings) {
    switch self {
    case .user(let id):
      values.add(id.uuid, UUID?.none)
    case .group(let id):
      values.add(UUID?.none, id.uuid)
    }
  }
}
