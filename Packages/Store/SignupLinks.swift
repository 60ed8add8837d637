public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A link by which people sign up, as the table knows it: without its token.
public struct StoredSignupLink: Sendable {
  public let id: SignupLinkID
  public let expiresAt: Date
  public let usageLimit: Int
  public let usageCount: Int
  public let groups: [GroupSummary]
  public let createdAt: Date

  init(row: inout RowReader) throws(RowError) {
    id = SignupLinkID(try row.next())
    expiresAt = try row.next()
    usageLimit = Int(try row.next(Int32.self))
    usageCount = Int(try row.next(Int32.self))
    createdAt = try row.next()
    let (ids, names, friendly): ([UUID], [String], [String]) = (try row.next(), try row.next(), try row.next())
    let times: [Date] = try row.next()
    groups = ids.indices.map {
      GroupSummary(id: GroupID(ids[$0]), name: names[$0], friendlyName: friendly[$0], createdAt: times[$0])
    }
  }
}

/// Links by which people sign up. The table holds their tokens' hashes.
public enum SignupLinks {
  /// The columns of a link under the alias `t`, its groups by their friendly names.
  static let columns = """
    t.id, t.expires_at, t.usage_limit, t.usage_count, t.created_at,
    ARRAY(SELECT g.id \(groups)), ARRAY(SELECT g.name \(groups)), ARRAY(SELECT g.friendly_name \(groups)),
    ARRAY(SELECT g.created_at \(groups))
    """

  private static let groups = """
    FROM signup_tokens_groups tg JOIN user_groups g ON g.id = tg.group_id WHERE tg.token_id = t.id
    ORDER BY lower(g.friendly_name), g.id
    """

  /// Makes a link, with those of the named groups that exist.
  public struct Create: Statement {
    public static let sql = """
      WITH made AS (
        INSERT INTO signup_tokens (id, token_hash, usage_limit, created_by, expires_at)
        VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING id)
      INSERT INTO signup_tokens_groups (token_id, group_id)
      SELECT made.id, g.id FROM made, user_groups g WHERE g.id = ANY($6)
      """

    public let bindings: Bindings

    public init(
      id: SignupLinkID, tokenHash: Data, usageLimit: Int, createdBy: UserID, lifetimeSeconds: Double, groups: [GroupID]
    ) {
      bindings = Bindings(
        id.uuid, tokenHash, Int32(clamping: usageLimit), createdBy.uuid, lifetimeSeconds, groups.map(\.uuid))
    }
  }

  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM signup_tokens t WHERE t.id = $1"

    public let bindings: Bindings

    public init(id: SignupLinkID) { bindings = Bindings(id.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> StoredSignupLink { try .init(row: &row) }
  }

  /// One page of all links, with their total.
  public struct List: Statement {
    /// The columns that a list may be sorted by.
    public enum Sort: String, Sendable, CaseIterable {
      case createdAt, expiresAt, usageLimit, usageCount
    }

    public static let sql = """
      SELECT \(columns), count(*) OVER () FROM signup_tokens t
      ORDER BY
        CASE WHEN $1 = 'expiresAt' AND NOT $2 THEN t.expires_at END,
        CASE WHEN $1 = 'expiresAt' AND $2 THEN t.expires_at END DESC,
        CASE WHEN $1 = 'usageLimit' AND NOT $2 THEN t.usage_limit END,
        CASE WHEN $1 = 'usageLimit' AND $2 THEN t.usage_limit END DESC,
        CASE WHEN $1 = 'usageCount' AND NOT $2 THEN t.usage_count END,
        CASE WHEN $1 = 'usageCount' AND $2 THEN t.usage_count END DESC,
        CASE WHEN $1 = 'createdAt' AND NOT $2 THEN t.created_at END,
        CASE WHEN $1 = 'createdAt' AND $2 THEN t.created_at END DESC,
        t.id
      LIMIT $3 OFFSET $4
      """

    public let bindings: Bindings

    public init(_ query: ListQuery<Sort>) {
      bindings = Bindings { values in
        query.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<StoredSignupLink> {
      try Counted(&row, StoredSignupLink.init(row:))
    }
  }

  public struct Delete: Statement {
    public static let sql = "DELETE FROM signup_tokens WHERE id = $1"

    public let bindings: Bindings

    public init(id: SignupLinkID) { bindings = Bindings(id.uuid) }
  }

  /// The link of a token, while it can be used.
  public struct Usable: Statement {
    public static let sql = """
      SELECT t.id FROM signup_tokens t WHERE t.token_hash = $1 AND t.usage_count < t.usage_limit AND t.expires_at > now()
      """

    public let bindings: Bindings

    public init(tokenHash: Data) { bindings = Bindings(tokenHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> SignupLinkID { SignupLinkID(try row.next()) }
  }
}
