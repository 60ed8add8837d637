public import Foundation
public import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// Refresh tokens: hashes, each with the one that it came from before it in its authorization.
public enum RefreshTokens {
  /// A client that authenticates, and the refresh token that it presents with all that it depends on and all that new
  /// tokens will say: one statement, so that a refresh reads once.
  public struct ForRefresh: Statement {
    public struct Row: Sendable {
      public let client: TokenClient
      public let token: StoredRefreshToken?
    }

    public static let sql = """
      SELECT \(TokenClient.columns), r.expires_at, r.used_at, r.used_by, r.used_with, s.used, \(AuthorizationFamily.columns)
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN refresh_tokens r ON r.token_hash = $2
        LEFT JOIN authorizations a ON a.id = r.authorization_id
        LEFT JOIN (SELECT token_hash, used_at IS NOT NULL AS used FROM refresh_tokens) s ON s.token_hash = $3
        \(AuthorizationLife.consentAndUserIfLiving)
      WHERE c.id = $1
      """

    let clientID: String
    let tokenHash: Data
    let successorHash: Data

    public init(clientID: String, tokenHash: Data, successorHash: Data) {
      self.clientID = clientID
      self.tokenHash = tokenHash
      self.successorHash = successorHash
    }

    public func bind(_ values: inout Bindings) {
      values.add(clientID)
      values.add(tokenHash)
      values.add(successorHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let expiresAt: Date? = try row.next()
      let usedAt: Date? = try row.next()
      let usedBy: [UInt8]? = try row.next()
      let usedWith: String? = try row.next()
      let successorIsUsed: Bool? = try row.next()
      guard let family = try AuthorizationFamily.optional(row: &row), let expiresAt else {
        return Row(client: client, token: nil)
      }
      var use: StoredRefreshToken.Use?
      if let usedAt, let usedBy, let usedWith { use = .init(requestID: usedBy, at: usedAt, proof: usedWith) }
      return Row(
        client: client,
        token: StoredRefreshToken(
          family: family, expiresAt: expiresAt, use: use,
          // There is no row where the token that would come after it is not there.
          successor: successorIsUsed.map { $0 ? .used : .fresh } ?? .missing))
    }
  }

  /// Uses a refresh token, once, and stores its successor: no row inserted means that somebody else used it, or that its
  /// authorization has ended. The authorization stays until the last of what it gave has expired.
  ///
  /// The authorization is locked before the token, as whatever deletes it does.
  public struct Rotate: Statement {
    public static let sql = """
      WITH kept AS (
        UPDATE authorizations SET expires_at = greatest(expires_at, now() + make_interval(secs => $7))
        WHERE id = $1 AND ended_at IS NULL RETURNING 1),
      used AS (
        UPDATE refresh_tokens SET used_at = now(), used_by = $3, used_with = $4
        WHERE token_hash = $2 AND used_at IS NULL AND expires_at > now() AND EXISTS (SELECT 1 FROM kept)
        RETURNING authorization_id, generation)
      INSERT INTO refresh_tokens (token_hash, authorization_id, generation, expires_at)
      SELECT $5, authorization_id, generation + 1, now() + make_interval(secs => $6) FROM used
      ON CONFLICT (token_hash) DO NOTHING
      """

    let authorization: UUID
    let tokenHash: Data
    let request: RequestID
    let proof: String
    let successorHash: Data
    let successorSeconds: Double
    let tokenSeconds: Double

    /// - Parameters:
    ///   - proof: what the client authenticated with.
    ///   - successorSeconds: how long the new refresh token lives.
    ///   - tokenSeconds: how long the longest-lived of what is given now lives.
    public init(
      authorization: UUID, tokenHash: Data, request: RequestID, proof: String, successorHash: Data,
      successorSeconds: Double, tokenSeconds: Double
    ) {
      self.authorization = authorization
      self.tokenHash = tokenHash
      self.request = request
      self.proof = proof
      self.successorHash = successorHash
      self.successorSeconds = successorSeconds
      self.tokenSeconds = tokenSeconds
    }

    public func bind(_ values: inout Bindings) {
      values.add(authorization)
      values.add(tokenHash)
      values.add(request.data)
      values.add(proof)
      values.add(successorHash)
      values.add(successorSeconds)
      values.add(tokenSeconds)
    }
  }
}
