public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Codes, and what they gave.
public enum Authorizations {
  /// Issues a code: ends the interaction that led to it, touches the grant, inserts the code's hash and the record's
  /// entry. The ids come from the request's, so that a retry issues nothing twice.
  public struct Issue: Statement {
    public static let sql = """
      WITH ended AS (
        UPDATE interactions SET ended_at = now(), ended_by = $3
        WHERE id = $2 AND (ended_at IS NULL OR ended_by = $3) RETURNING 1),
      agreed AS (
        INSERT INTO grants (user_id, client_id, scopes) SELECT $6, $5, $8 WHERE $2::uuid IS NULL OR EXISTS (SELECT 1 FROM ended)
        ON CONFLICT (user_id, client_id) DO UPDATE SET last_used_at = now() RETURNING 1),
      logged AS (\(AuditEntry.insert(parameter: "$16", when: "EXISTS (SELECT 1 FROM agreed)")))
      INSERT INTO authorizations (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce,
        code_challenge, auth_time, amr, code_expires_at, expires_at, requested_at, offline, claims)
      SELECT $1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() + make_interval(secs => $14),
        now() + make_interval(secs => $14), $15, $17, $18 FROM agreed
      ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash WHERE authorizations.code_hash = excluded.code_hash
      RETURNING 1::bigint
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
    public var requestedAt: Date
    public var codeLifetimeSeconds: Double
    public var entry: AuditEntry
    /// `offline_access` was granted.
    public var offline: Bool
    /// The `claims` parameter as JSON text.
    public var claims: String?

    public init(
      id: UUID, interaction: InteractionID?, request: RequestID, codeHash: Data, clientID: String, user: UserID,
      session: SessionID, scopes: [String], redirectURI: String?, nonce: String?, codeChallenge: String?,
      authTime: Date, amr: [String], requestedAt: Date,
      codeLifetimeSeconds: Double, entry: AuditEntry, offline: Bool = false, claims: String? = nil
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
      self.requestedAt = requestedAt
      self.codeLifetimeSeconds = codeLifetimeSeconds
      self.entry = entry
      self.offline = offline
      self.claims = claims
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      values.add(interaction?.uuid)
      values.add(request.data)
      values.add(codeHash)
      values.add(clientID)
      values.add(user.uuid)
      values.add(session.uuid)
      values.add(scopes)
      values.add(redirectURI)
      values.add(nonce)
      values.add(codeChallenge)
      values.add(authTime)
      values.add(amr)
      values.add(codeLifetimeSeconds)
      values.add(requestedAt)
      values.add(entry.json)
      values.add(offline)
      values.add(claims)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
  }

  /// A client that authenticates, and the code that it presents with all that its tokens will say: one statement, so
  /// that a token request reads once.
  public struct ForExchange: Statement {
    public struct ClientSecret: Sendable {
      public let id: UUID
      /// As the table spells it: `sha256` or `hmac-sha256`.
      public let algorithm: String
      public let hash: Data
      public let expiresAt: Date?
      /// Its use was noted over a minute ago, or never.
      public let stale: Bool
    }

    public struct Code: Sendable {
      public let id: UUID
      public let clientID: String
      public let user: UserID
      public let scopes: [String]
      public let redirectURI: String?
      public let nonce: String?
      public let codeChallenge: String?
      public let session: SessionID
      public let authTime: Date
      public let amr: [String]
      public let requestedAt: Date
      public let expiresAt: Date
      public let spentAt: Date?
      public let spentBy: Data?
      /// It, or the session that it is bound to.
      public let ended: Bool
      public let offline: Bool
      /// The `claims` parameter as JSON text.
      public let claims: String?
      /// Nil when the person is gone, disabled, outside the client's groups, or has taken the grant back since.
      public let person: PersonClaims?
    }

    public struct Row: Sendable {
      public let name: String
      public let isPublic: Bool
      public let accessTokenMinutes: Int
      public let refreshTokenMinutes: Int
      /// As the client is set: algorithms by their names in RFC 7518 §3.1.
      public let idTokenAlgorithm: String
      public let accessTokenAlgorithm: String
      /// Claims about the person stand in userinfo alone.
      public let userinfoOnly: Bool
      public let secrets: [ClientSecret]
      public let code: Code?
      public let now: Date
    }

    public static let sql = """
      SELECT c.name, c.is_public, c.access_token_minutes, c.refresh_token_minutes, c.id_token_alg, c.access_token_alg,
        c.userinfo_only,
        ARRAY(SELECT k.id FROM client_secrets k WHERE k.client_id = c.id ORDER BY k.id),
        ARRAY(SELECT encode(k.hash, 'hex') FROM client_secrets k WHERE k.client_id = c.id ORDER BY k.id),
        ARRAY(SELECT coalesce(extract(epoch FROM k.expires_at)::bigint::text, '') FROM client_secrets k
          WHERE k.client_id = c.id ORDER BY k.id),
        ARRAY(SELECT k.algorithm FROM client_secrets k WHERE k.client_id = c.id ORDER BY k.id),
        ARRAY(SELECT k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' FROM client_secrets k
          WHERE k.client_id = c.id ORDER BY k.id),
        now(), a.id, a.client_id, a.user_id, a.scopes, a.redirect_uri, a.nonce, a.code_challenge, a.session_id,
        a.auth_time, a.amr, a.requested_at, a.code_expires_at, a.spent_at, a.spent_by,
        coalesce(NOT \(AuthorizationLife.lives("a")), false), coalesce(a.offline, false), a.claims,
        \(PersonClaims.columns)
      FROM clients c
        LEFT JOIN authorizations a ON a.code_hash = $2
        LEFT JOIN grants g ON g.user_id = a.user_id AND g.client_id = a.client_id AND g.created_at <= a.issued_at
        LEFT JOIN users u ON u.id = g.user_id AND NOT u.disabled
          AND \(ClientAccess.admits(client: "c", user: "g.user_id"))
      WHERE c.id = $1
      """

    let clientID: String
    let codeHash: Data

    public init(clientID: String, codeHash: Data) {
      self.clientID = clientID
      self.codeHash = codeHash
    }

    public func bind(_ values: inout Bindings) {
      values.add(clientID)
      values.add(codeHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let name: String = try row.next()
      let isPublic: Bool = try row.next()
      let minutes: Int32 = try row.next()
      let refreshMinutes: Int32 = try row.next()
      let idTokenAlgorithm: String = try row.next()
      let accessTokenAlgorithm: String = try row.next()
      let userinfoOnly: Bool = try row.next()
      let ids: [UUID] = try row.next()
      let hashes: [String] = try row.next()
      let expiries: [String] = try row.next()
      let algorithms: [String] = try row.next()
      let stale: [Bool] = try row.next()
      let now: Date = try row.next()
      // Five lists of one statement over the same rows in the same order: all are as long as the first.
      let secrets = ids.indices.map { index in
        ClientSecret(
          id: ids[index], algorithm: algorithms[index], hash: Data(hexadecimal: hashes[index]),
          expiresAt: Double(expiries[index]).map { Date(timeIntervalSince1970: $0) }, stale: stale[index])
      }
      let id: UUID? = try row.next()
      let clientID: String? = try row.next()
      let user: UUID? = try row.next()
      let scopes: [String]? = try row.next()
      let redirectURI: String? = try row.next()
      let nonce: String? = try row.next()
      let challenge: String? = try row.next()
      let session: UUID? = try row.next()
      let authTime: Date? = try row.next()
      let amr: [String]? = try row.next()
      let requestedAt: Date? = try row.next()
      let expiresAt: Date? = try row.next()
      let spentAt: Date? = try row.next()
      let spentBy: Data? = try row.next()
      let ended: Bool = try row.next()
      let offline: Bool = try row.next()
      let claims: String? = try row.next()
      let person = try PersonClaims.optional(row: &row)
      var code: Code?
      if let id, let clientID, let user, let scopes, let session, let authTime, let amr, let requestedAt, let expiresAt
      {
        code = Code(
          id: id, clientID: clientID, user: UserID(user), scopes: scopes, redirectURI: redirectURI, nonce: nonce,
          codeChallenge: challenge,
          session: SessionID(session), authTime: authTime, amr: amr, requestedAt: requestedAt, expiresAt: expiresAt,
          spentAt: spentAt,
          spentBy: spentBy, ended: ended, offline: offline, claims: claims, person: person)
      }
      return Row(
        name: name, isPublic: isPublic, accessTokenMinutes: Int(minutes), refreshTokenMinutes: Int(refreshMinutes),
        idTokenAlgorithm: idTokenAlgorithm, accessTokenAlgorithm: accessTokenAlgorithm, userinfoOnly: userinfoOnly,
        secrets: secrets, code: code, now: now)
    }
  }

  /// Spends a code, once: zero rows mean that somebody else did. The same request may spend it again.
  public struct Spend: Statement {
    public static let sql = """
      UPDATE authorizations SET spent_at = coalesce(spent_at, now()), spent_by = $2,
        expires_at = now() + make_interval(secs => $3)
      WHERE id = $1 AND ended_at IS NULL
        AND ((spent_at IS NULL AND code_expires_at > now()) OR spent_by = $2)
      """

    let id: UUID
    let request: RequestID
    let tokenSeconds: Double

    /// - Parameter tokenSeconds: how long the longest-lived of what the code gives lives.
    public init(id: UUID, request: RequestID, tokenSeconds: Double) {
      self.id = id
      self.request = request
      self.tokenSeconds = tokenSeconds
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      values.add(request.data)
      values.add(tokenSeconds)
    }
  }

  /// Ends an authorization whose code was presented again (RFC 6749 §4.1.2): everything that it gave dies.
  public struct EndReused: Statement {
    public static let sql = """
      UPDATE authorizations SET ended_at = now(), ended_reason = 'code_reused'
      WHERE id = $1 AND ended_at IS NULL AND spent_by IS NOT NULL AND spent_by <> $2
      """

    let id: UUID
    let request: RequestID

    public init(id: UUID, request: RequestID) {
      self.id = id
      self.request = request
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      values.add(request.data)
    }
  }

  /// The living authorization behind an access token: it, its user, its client and its grant are all there, and the user
  /// is still one who may use the client.
  public struct Live: Statement {
    public struct Row: Sendable {
      public let scopes: [String]
      public let clientID: String
      /// The `claims` parameter as JSON text.
      public let claims: String?
      public let person: PersonClaims
    }

    public static let sql = """
      SELECT a.scopes, a.client_id, a.claims, \(PersonClaims.columns)
      FROM authorizations a JOIN clients c ON c.id = a.client_id \(AuthorizationLife.grantAndUser)
      WHERE a.id = $1 AND a.spent_at IS NOT NULL AND \(AuthorizationLife.lives("a"))
      """

    let id: UUID

    public init(id: UUID) { self.id = id }

    public func bind(_ values: inout Bindings) { values.add(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let scopes: [String] = try row.next()
      let clientID: String = try row.next()
      let claims: String? = try row.next()
      return Row(scopes: scopes, clientID: clientID, claims: claims, person: try PersonClaims(row: &row))
    }
  }
}

extension Data {
  /// From hexadecimal digits that the database wrote.
  init(hexadecimal text: String) {
    let digits = Array(text.utf8).map { $0 > 57 ? $0 &- 87 : $0 &- 48 }
    self.init(stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
