public import Foundation
public import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// Refresh tokens: hashes, each with its predecessor in its grant.
public enum RefreshTokens {
  /// A client that authenticates, and the refresh token that it presents with all that it depends on and all that new
  /// tokens will say: one statement, so that a refresh reads once.
  public struct ForRefresh: Statement {
    public struct Row: Sendable {
      public let client: TokenClient
      public let token: StoredRefreshToken?
    }

    public static let sql = """
      SELECT \(TokenClient.columns), r.expires_at, r.used_at, r.used_by, r.used_with, s.used, \(StoredGrant.columns)
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN refresh_tokens r ON r.token_hash = $2
        LEFT JOIN grants g ON g.id = r.grant_id
        LEFT JOIN (SELECT token_hash, used_at IS NOT NULL AS used FROM refresh_tokens) s ON s.token_hash = $3
        \(GrantLife.consentAndUserIfLiving)
      WHERE c.id = $1
      """

    public let bindings: Bindings

    public init(clientID: String, tokenHash: Data, successorHash: Data) {
      bindings = Bindings(clientID, tokenHash, successorHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let expiresAt: Date? = try row.next()
      let usedAt: Date? = try row.next()
      let usedBy: [UInt8]? = try row.next()
      let usedWith: String? = try row.next()
      let successorIsUsed: Bool? = try row.next()
      guard let grant = try StoredGrant.optional(row: &row), let expiresAt else {
        return Row(client: client, token: nil)
      }
      var use: StoredRefreshToken.Use?
      if let usedAt, let usedBy, let usedWith { use = .init(requestID: usedBy, at: usedAt, proof: usedWith) }
      return Row(
        client: client,
        token: StoredRefreshToken(
          grant: grant, expiresAt: expiresAt, use: use,
          // No row means that the token's successor does not exist.
          successor: successorIsUsed.map { $0 ? .used : .fresh } ?? .missing))
    }
  }

  /// Uses a refresh token, once, and stores its successor: no row inserted means that another request used it, or that
  /// its grant has ended. The grant stays until everything that it gave has expired.
  ///
  /// The grant is locked before the token, in the same order as a deletion.
  public struct Rotate: Statement {
    public static let sql = """
      WITH kept AS (
        UPDATE grants SET expires_at = greatest(expires_at, now() + make_interval(secs => $7))
        WHERE id = $1 AND ended_at IS NULL RETURNING 1),
      used AS (
        UPDATE refresh_tokens SET used_at = now(), used_by = $3, used_with = $4
        WHERE token_hash = $2 AND used_at IS NULL AND expires_at > now() AND EXISTS (SELECT 1 FROM kept)
        RETURNING grant_id, generation)
      INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
      SELECT $5, grant_id, generation + 1, now() + make_interval(secs => $6) FROM used
      ON CONFLICT (token_hash) DO NOTHING
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - proof: what the client authenticated with.
    ///   - successorSeconds: how long the new refresh token lives.
    ///   - tokenSeconds: the lifetime of the longest-lived token given now.
    public init(
      grant: UUID, tokenHash: Data, request: RequestID, proof: String, successorHash: Data,
      successorSeconds: Double, tokenSeconds: Double
    ) {
      bindings = Bindings(grant, tokenHash, request.data, proof, successorHash, successorSeconds, tokenSeconds)
    }
  }
}
