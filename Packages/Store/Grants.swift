public import Foundation
public import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// Codes, and what they gave.
public enum Grants {
  /// Issues a code: ends the interaction that led to it, touches the consent, inserts the code's hash and the record's
  /// entry. The ids come from the request's, so that a retry issues nothing twice.
  ///
  /// It never consents: only a user does (`Interactions.Consent`). For a client that asks for no consent it records one
  /// without scopes. No row if the consent was withdrawn meanwhile, or if this hour already has enough such entries
  /// (`AuditLog.HasRoom`); then nothing is ended.
  public struct Issue: Statement {
    public static let sql = """
      WITH admitted AS (
        SELECT 1 WHERE ($18
          OR EXISTS (SELECT 1 FROM consents WHERE user_id = $6 AND client_id = $5 AND scopes IS NOT NULL))
          AND (\(AuditEntry.hasRoom(parameter: "$15", user: "$6", most: "$19"))
            OR \(AuditEntry.isWritten(parameter: "$15")))),
      ended AS (
        UPDATE interactions SET ended_at = now(), ended_by = $3
        WHERE id = $2 AND (ended_at IS NULL OR ended_by = $3) AND EXISTS (SELECT 1 FROM admitted) RETURNING 1),
      agreed AS (
        INSERT INTO consents (user_id, client_id) SELECT $6, $5 FROM admitted
        WHERE $2::uuid IS NULL OR EXISTS (SELECT 1 FROM ended)
        ON CONFLICT (user_id, client_id) DO UPDATE SET last_used_at = now() RETURNING 1),
      logged AS (\(AuditEntry.insert(parameter: "$15", when: "EXISTS (SELECT 1 FROM agreed)")))
      INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce,
        code_challenge, auth_time, amr, code_expires_at, expires_at, offline, claims, check_at)
      SELECT $1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() + make_interval(secs => $14),
        now() + make_interval(secs => $14), $16, $17, now() + \(checkedAfter) FROM agreed, clients c WHERE c.id = $5
      ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash WHERE grants.code_hash = excluded.code_hash
      RETURNING 1::bigint
      """

    /// When everything that the code can give without renewal has expired.
    static let checkedAfter = """
      make_interval(mins => greatest(c.access_token_minutes, c.refresh_token_minutes) + 5, secs => $14)
      """

    public var id: UUID
    public var interaction: InteractionID?
    public var request: RequestID
    public var codeHash: Data
    public var clientID: String
    public var user: UserID
    public var session: SessionID
    public var scopes: [String]
    /// Nil when the request named none.
    public var redirectURI: String?
    public var nonce: String?
    public var codeChallenge: String?
    public var authTime: Date
    public var amr: [String]
    public var codeLifetimeSeconds: Double
    public var entry: AuditEntry
    /// `offline_access` was granted.
    public var offline: Bool
    /// The `claims` parameter as JSON text.
    public var claims: String?
    /// The client asks for no consent, so none needs to exist.
    public var skipsConsent: Bool
    /// The most codes of this kind in an hour; nil for no limit.
    public var mostPerHour: Int?

    public init(
      id: UUID, interaction: InteractionID?, request: RequestID, codeHash: Data, clientID: String, user: UserID,
      session: SessionID, scopes: [String], redirectURI: String?, nonce: String?, codeChallenge: String?,
      authTime: Date, amr: [String], codeLifetimeSeconds: Double, entry: AuditEntry,
      offline: Bool = false, claims: String? = nil, skipsConsent: Bool = false, mostPerHour: Int? = nil
    ) {
      self.id = id
      self.interaction = interaction
      self.request = request
      self.codeHash = codeHash
      self.clientID = clientID
      self.user = user
      self.session = session
      self.scopes = scopes
      self.redirectURI = redirectURI
      self.nonce = nonce
      self.codeChallenge = codeChallenge
      self.authTime = authTime
      self.amr = amr
      self.codeLifetimeSeconds = codeLifetimeSeconds
      self.entry = entry
      self.offline = offline
      self.claims = claims
      self.skipsConsent = skipsConsent
      self.mostPerHour = mostPerHour
    }

    public var bindings: Bindings {
      Bindings(
        id, interaction?.uuid, request.data, codeHash, clientID, user.uuid, session.uuid, scopes, redirectURI, nonce,
        codeChallenge, authTime, amr, codeLifetimeSeconds, entry.json, offline, claims, skipsConsent,
        mostPerHour.map(Int32.init(clamping:)))
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
  }

  /// Spends a code, once, and stores the refresh token that it gives: no row means that another request spent it. The
  /// same request may spend it again.
  public struct Spend: Statement {
    public static let sql = """
      WITH spent AS (
        UPDATE grants SET spent_at = coalesce(spent_at, now()), spent_by = $2,
          expires_at = greatest(expires_at, now() + make_interval(secs => $3))
        WHERE id = $1 AND ended_at IS NULL
          AND ((spent_at IS NULL AND code_expires_at > now()) OR spent_by = $2)
        RETURNING id),
      given AS (
        INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
        SELECT $4, id, 0, now() + make_interval(secs => $5) FROM spent ON CONFLICT (token_hash) DO NOTHING)
      SELECT 1::bigint FROM spent
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - tokenSeconds: the lifetime of the longest-lived token that the code gives.
    ///   - refreshTokenHash: SHA-256 of the refresh token.
    public init(
      id: UUID, request: RequestID, tokenSeconds: Double, refreshTokenHash: Data, refreshTokenSeconds: Double
    ) {
      bindings = Bindings(id, request.data, tokenSeconds, refreshTokenHash, refreshTokenSeconds)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
  }

  /// Ends a grant, so that everything that it gave dies, and records it: a row says that it lived until now.
  public struct End: Statement {
    /// Why it ends.
    public enum Reason: String, Sendable {
      /// RFC 6749 §4.1.2: its code was presented again.
      case codeReused = "code_reused"
      /// RFC 9700 §4.14.2: a refresh token that it gave was used again.
      case refreshTokenReused = "refresh_token_reused"
      /// RFC 7009: its client revoked it.
      case revoked
    }

    public static let sql = """
      WITH ended AS (
        UPDATE grants SET ended_at = now(), ended_reason = $2 WHERE id = $1 AND ended_at IS NULL RETURNING 1),
      logged AS (\(AuditEntry.insert(parameter: "$3", when: "EXISTS (SELECT 1 FROM ended)")))
      SELECT 1::bigint FROM ended
      """

    public let bindings: Bindings

    public init(id: UUID, _ reason: Reason, entry: AuditEntry) { bindings = Bindings(id, reason.rawValue, entry.json) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
  }

  /// The living grant behind an access token: it, its user, its client and its consent all exist, and the user may
  /// still use the client.
  public struct Live: Statement {
    public struct Row: Sendable {
      public let scopes: [String]
      public let clientID: String
      /// The `claims` parameter as JSON text.
      public let claims: String?
      public let person: UserFacts
    }

    public static let sql = """
      SELECT g.scopes, g.client_id, g.claims, \(UserFacts.columns)
      FROM grants g JOIN clients c ON c.id = g.client_id \(GrantLife.consentAndUser)
      WHERE g.id = $1 AND g.spent_at IS NOT NULL AND \(GrantLife.lives("g"))
        AND NOT \(RevokedTokens.holds("$2"))
      """

    public let bindings: Bindings

    /// - Parameter tokenID: the access token's `jti`.
    public init(id: UUID, tokenID: String) { bindings = Bindings(id, tokenID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let scopes: [String] = try row.next()
      let clientID: String = try row.next()
      let claims: String? = try row.next()
      return Row(scopes: scopes, clientID: clientID, claims: claims, person: try UserFacts(row: &row))
    }
  }
}
