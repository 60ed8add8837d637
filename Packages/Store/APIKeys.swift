public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Keys of the REST API.
public enum APIKeys {
  static let columns = """
    k.id, k.name, k.description, k.expires_at, k.last_used_at, k.created_at, k.expiration_email_sent
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Admin.APIKey {
    Admin.APIKey(
      id: APIKeyID(try row.next()), name: try row.next(), description: try row.next(), expiresAt: try row.next(),
      lastUsedAt: try row.next(), createdAt: try row.next(), expirationEmailSent: try row.next())
  }

  /// A user's own keys, without those that the environment made.
  public struct List: Statement {
    /// What a list may be sorted by, in the REST API's words.
    public enum Sort: String, Sendable {
      case name, description, expiresAt, lastUsedAt, createdAt
    }

    public static let sql = """
      SELECT \(columns), count(*) OVER () FROM api_keys k
      WHERE k.user_id = $1 AND NOT k.is_static
        AND ($2::text IS NULL OR position(lower($2) IN lower(k.name || ' ' || coalesce(k.description, ''))) > 0)
      ORDER BY
        CASE WHEN $4 THEN NULL ELSE CASE $3 WHEN 'name' THEN lower(k.name) WHEN 'description' THEN lower(k.description) END END,
        CASE WHEN $4 THEN CASE $3 WHEN 'name' THEN lower(k.name) WHEN 'description' THEN lower(k.description) END END DESC,
        CASE WHEN $4 THEN NULL ELSE CASE $3 WHEN 'expiresAt' THEN k.expires_at WHEN 'lastUsedAt' THEN k.last_used_at
          WHEN 'createdAt' THEN k.created_at END END NULLS FIRST,
        CASE WHEN $4 THEN CASE $3 WHEN 'expiresAt' THEN k.expires_at WHEN 'lastUsedAt' THEN k.last_used_at
          WHEN 'createdAt' THEN k.created_at END END DESC NULLS LAST,
        k.id
      LIMIT $5 OFFSET $6
      """

    public let bindings: Bindings

    public init(user: UserID, _ query: ListQuery<Sort>) {
      bindings = Bindings { values in
        values.add(user.uuid, query.search)
        query.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<Admin.APIKey> {
      try Counted(&row, APIKeys.decode)
    }
  }

  /// How many keys a user has; further ones of the same user wait until the transaction ends.
  public struct Count: Statement {
    public static let sql = """
      SELECT (SELECT count(*) FROM api_keys k WHERE k.user_id = u.id AND k.id <> $2) FROM users u WHERE u.id = $1
      FOR NO KEY UPDATE
      """

    public let bindings: Bindings

    /// - Parameter key: not counted: it is the one about to be made, perhaps for the second time.
    public init(of user: UserID, besides key: APIKeyID) { bindings = Bindings(user.uuid, key.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
  }

  /// Stores a key's hash; the same id is stored once.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO api_keys AS k (id, user_id, name, description, key_hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING \(columns)
      """

    public let bindings: Bindings

    public init(id: APIKeyID, user: UserID, name: String, description: String?, hash: Data, expiresAt: Date) {
      bindings = Bindings(id.uuid, user.uuid, name, description, hash, expiresAt)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.APIKey { try APIKeys.decode(&row) }
  }

  /// A user's key, held until the transaction ends.
  public struct Lock: Statement {
    public struct Row: Sendable {
      public let key: Admin.APIKey
      public let hash: Data
      public let hasExpired: Bool
    }

    public static let sql = """
      SELECT \(columns), k.key_hash, k.expires_at <= now() FROM api_keys k
      WHERE k.id = $1 AND k.user_id = $2 AND NOT k.is_static FOR UPDATE
      """

    public let bindings: Bindings

    public init(id: APIKeyID, of user: UserID) { bindings = Bindings(id.uuid, user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(key: try APIKeys.decode(&row), hash: try row.next(), hasExpired: try row.next())
    }
  }

  /// Gives a key a new token and a new end.
  public struct Renew: Statement {
    public static let sql = """
      UPDATE api_keys k SET key_hash = $2, expires_at = $3, expiration_email_sent = false WHERE k.id = $1
      RETURNING \(columns)
      """

    public let bindings: Bindings

    public init(id: APIKeyID, hash: Data, expiresAt: Date) { bindings = Bindings(id.uuid, hash, expiresAt) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.APIKey { try APIKeys.decode(&row) }
  }

  /// Deletes a user's key. No row if there is none.
  public struct Revoke: Statement {
    public static let sql = """
      DELETE FROM api_keys k WHERE k.id = $1 AND k.user_id = $2 AND NOT k.is_static RETURNING k.name
      """

    public let bindings: Bindings

    public init(id: APIKeyID, of user: UserID) { bindings = Bindings(id.uuid, user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }
}
