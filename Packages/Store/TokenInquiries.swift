public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Questions about tokens.
public enum TokenInquiries {
  /// A client, whether the token that it authenticates with lives, and what lives of the token that it asks about: one
  /// statement (RFC 7662).
  public struct Ask: Statement {
    public struct Grant: Sendable {
      public let user: UserID
      public let username: String
      public let scopes: [String]
    }

    public struct RefreshToken: Sendable {
      public let issuedAt: Date
      public let expiresAt: Date
      /// Neither used nor expired.
      public let isFresh: Bool
    }

    public struct Row: Sendable {
      public let client: TokenClient
      /// The token that the client authenticated with lives; true if there is none.
      public let askerLives: Bool
      /// The access token asked about was revoked.
      public let isRevoked: Bool
      /// The client's living grant that the token asked about came from.
      public let grant: Grant?
      public let refreshToken: RefreshToken?
    }

    public static let sql = """
      SELECT \(TokenClient.columns),
        ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM grants g \(GrantLife.consentAndUser)
          WHERE g.id = $2 AND \(living))) AND NOT \(RevokedTokens.holds("$3")),
        \(RevokedTokens.holds("$5")), t.user_id, t.username, t.scopes, r.issued_at, r.expires_at,
        coalesce(r.used_at IS NULL AND r.expires_at > now(), false)
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN refresh_tokens r ON r.token_hash = $6
        LEFT JOIN LATERAL (
          SELECT g.user_id, u.username, g.scopes FROM grants g \(GrantLife.consentAndUser)
          WHERE g.id = coalesce($4::uuid, r.grant_id) AND \(living)) t ON true
      WHERE c.id = $1
      """

    private static let living = """
      g.client_id = c.id AND g.spent_at IS NOT NULL AND \(GrantLife.lives("g"))
      """

    public let bindings: Bindings

    /// An access token, as far as the database knows of it.
    public struct Token: Sendable {
      let id: String
      let grant: UUID?

      /// - Parameters:
      ///   - id: its `jti`.
      ///   - grant: nil for a client's own.
      public init(id: String, grant: UUID?) {
        self.id = id
        self.grant = grant
      }
    }

    /// - Parameters:
    ///   - asker: the access token that the client authenticates with, if it does.
    ///   - token: the access token asked about; nil if it is not one.
    ///   - refreshTokenHash: of the refresh token asked about; nil if it is not one.
    public init(clientID: String, asker: Token?, token: Token?, refreshTokenHash: Data?) {
      bindings = Bindings(clientID, asker?.grant, asker?.id, token?.grant, token?.id, refreshTokenHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let askerLives: Bool = try row.next()
      let isRevoked: Bool = try row.next()
      let user: UUID? = try row.next()
      let username: String? = try row.next()
      let scopes: [String]? = try row.next()
      let issuedAt: Date? = try row.next()
      let expiresAt: Date? = try row.next()
      let isFresh: Bool = try row.next()
      var grant: Grant?
      if let user, let username, let scopes {
        grant = Grant(user: UserID(user), username: username, scopes: scopes)
      }
      var refreshToken: RefreshToken?
      if let issuedAt, let expiresAt {
        refreshToken = RefreshToken(issuedAt: issuedAt, expiresAt: expiresAt, isFresh: isFresh)
      }
      return Row(
        client: client, askerLives: askerLives, isRevoked: isRevoked, grant: grant,
        refreshToken: refreshToken)
    }
  }
}
