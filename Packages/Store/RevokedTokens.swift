public import Foundation
public import Postgres

/// Access tokens that were revoked before their time.
public enum RevokedTokens {
  /// SQL for whether the token with this `jti` was revoked.
  static func holds(_ id: String) -> String { "EXISTS (SELECT 1 FROM revoked_tokens v WHERE v.id = \(id))" }

  /// A client that authenticates, and the owner of the refresh token that it may have presented.
  public struct ForRevocation: Statement {
    public struct Row: Sendable {
      public let client: TokenClient
      /// Of the refresh token presented; nil when there is none.
      public let grant: (id: UUID, clientID: String, user: UUID)?
    }

    public static let sql = """
      SELECT \(TokenClient.columns), g.id, g.client_id, g.user_id
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN refresh_tokens r ON r.token_hash = $2
        LEFT JOIN grants g ON g.id = r.grant_id
      WHERE c.id = $1
      """

    public let bindings: Bindings

    public init(clientID: String, refreshTokenHash: Data?) { bindings = Bindings(clientID, refreshTokenHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let id: UUID? = try row.next()
      let clientID: String? = try row.next()
      let user: UUID? = try row.next()
      guard let id, let clientID, let user else { return Row(client: client, grant: nil) }
      return Row(client: client, grant: (id, clientID, user))
    }
  }

  /// Revokes an access token, and records it within the minute's limit.
  public struct Add: Statement {
    public static let sql = """
      WITH added AS (
        INSERT INTO revoked_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1)
      \(AuditEntry.insert(
        parameter: "$3", when: "EXISTS (SELECT 1 FROM added) AND \(AuditLog.InsertBounded.fewEnough)"))
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - id: its `jti`.
    ///   - expiresAt: its own expiry, after which the row is not needed.
    public init(id: String, expiresAt: Date, entry: AuditEntry) { bindings = Bindings(id, expiresAt, entry.json) }
  }
}
