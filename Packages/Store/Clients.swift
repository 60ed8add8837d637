public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Clients and their secrets, for their administrators.
public enum Clients {
  static let columns = """
    c.id, c.name, c.description, c.callback_urls, c.logout_callback_urls, c.is_public, c.pkce_enabled,
    c.requires_reauthentication, c.skip_consent, c.launch_url, c.access_token_minutes, c.refresh_token_minutes,
    c.created_at, c.logo_version, c.dark_logo_version
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client {
    let id: String = try row.next()
    let name: String = try row.next()
    let description: String = try row.next()
    let callbackURLs: [String] = try row.next()
    let logoutCallbackURLs: [String] = try row.next()
    let isPublic: Bool = try row.next()
    let pkceEnabled: Bool = try row.next()
    let requiresReauthentication: Bool = try row.next()
    let skipConsent: Bool = try row.next()
    let launchURL: String? = try row.next()
    let accessMinutes: Int32 = try row.next()
    let refreshMinutes: Int32 = try row.next()
    let createdAt: Date = try row.next()
    let logos = LogoVersions(light: try row.next(), dark: try row.next())
    return Admin.Client(
      id: id,
      settings: Admin.ClientSettings(
        name: name, description: description, callbackURLs: callbackURLs, logoutCallbackURLs: logoutCallbackURLs,
        isPublic: isPublic, pkceEnabled: pkceEnabled, requiresReauthentication: requiresReauthentication,
        skipConsent: skipConsent, launchURL: launchURL, accessTokenDurationMinutes: Int(accessMinutes),
        refreshTokenDurationMinutes: Int(refreshMinutes)),
      secrets: [], createdAt: createdAt, logos: logos)
  }

  static func bind(_ settings: Admin.ClientSettings, to values: inout Bindings) {
    values.add(settings.name)
    values.add(settings.description)
    values.add(settings.callbackURLs)
    values.add(settings.logoutCallbackURLs)
    values.add(settings.isPublic)
    values.add(settings.pkceEnabled)
    values.add(settings.requiresReauthentication)
    values.add(settings.skipConsent)
    values.add(settings.launchURL)
    values.add(Int32(settings.accessTokenDurationMinutes))
    values.add(Int32(settings.refreshTokenDurationMinutes))
  }

  /// One page of clients, and with each row how many there are in all.
  public struct List: Statement {
    /// The columns that a list may be sorted by.
    public enum Sort: String, Sendable, CaseIterable {
      case name
      case createdAt
    }

    public struct Row: Sendable {
      public let client: Admin.Client
      public let total: Int
    }

    public static let sql = """
      SELECT \(columns), count(*) OVER () FROM clients c
      WHERE $1::text IS NULL OR c.name ILIKE $1 OR c.id ILIKE $1
      ORDER BY
        CASE WHEN $2 = 'name' AND NOT $3 THEN lower(c.name) END,
        CASE WHEN $2 = 'name' AND $3 THEN lower(c.name) END DESC,
        CASE WHEN $2 = 'createdAt' AND NOT $3 THEN c.created_at END,
        CASE WHEN $2 = 'createdAt' AND $3 THEN c.created_at END DESC,
        c.id
      LIMIT $4 OFFSET $5
      """

    let search: String?
    let sort: Sort
    let descending: Bool
    let limit: Int
    let offset: Int

    public init(search: String?, sort: Sort, descending: Bool, limit: Int, offset: Int) {
      self.search = search
      self.sort = sort
      self.descending = descending
      self.limit = limit
      self.offset = offset
    }

    public func bind(_ values: inout Bindings) {
      values.add(search.map(Clients.pattern))
      values.add(sort.rawValue)
      values.add(descending)
      values.add(Int64(limit))
      values.add(Int64(offset))
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try Clients.decode(&row)
      let total: Int64 = try row.next()
      return Row(client: client, total: Int(total))
    }
  }

  /// A LIKE pattern that finds `text` anywhere; what LIKE would interpret is taken literally.
  static func pattern(_ text: String) -> String {
    "%" + text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
  }

  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM clients c WHERE c.id = $1"

    let id: String

    public init(id: String) { self.id = id }

    public func bind(_ values: inout Bindings) { values.add(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// The secrets of the given clients, oldest first, without the secrets.
  public struct Secrets: Statement {
    public struct Row: Sendable {
      public let clientID: String
      public let secret: Admin.ClientSecret
    }

    public static let sql = """
      SELECT client_id, id, prefix, created_at, expires_at FROM client_secrets WHERE client_id = ANY($1)
      ORDER BY created_at, id
      """

    let clientIDs: [String]

    public init(of clientIDs: [String]) { self.clientIDs = clientIDs }

    public func bind(_ values: inout Bindings) { values.add(clientIDs) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        clientID: try row.next(),
        secret: Admin.ClientSecret(
          id: ClientSecretID(try row.next()), prefix: try row.next(), createdAt: try row.next(),
          expiresAt: try row.next()))
    }
  }

  /// Makes a client; an id in use makes nothing and returns no row.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO clients AS c (id, name, description, callback_urls, logout_callback_urls, is_public, pkce_enabled,
        requires_reauthentication, skip_consent, launch_url, access_token_minutes, refresh_token_minutes, created_in)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      ON CONFLICT (id) DO NOTHING RETURNING \(columns)
      """

    let id: String
    let settings: Admin.ClientSettings
    let session: SessionID?

    public init(id: String, settings: Admin.ClientSettings, session: SessionID?) {
      self.id = id
      self.settings = settings
      self.session = session
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      Clients.bind(settings, to: &values)
      values.add(session?.uuid)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  public struct Update: Statement {
    public static let sql = """
      UPDATE clients c SET name = $2, description = $3, callback_urls = $4, logout_callback_urls = $5, is_public = $6,
        pkce_enabled = $7, requires_reauthentication = $8, skip_consent = $9, launch_url = $10,
        access_token_minutes = $11, refresh_token_minutes = $12
      WHERE c.id = $1 RETURNING \(columns)
      """

    let id: String
    let settings: Admin.ClientSettings

    public init(id: String, settings: Admin.ClientSettings) {
      self.id = id
      self.settings = settings
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      Clients.bind(settings, to: &values)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// Deletes a client with everything that hangs on it.
  public struct Delete: Statement {
    public static let sql = "DELETE FROM clients WHERE id = $1"

    let id: String

    public init(id: String) { self.id = id }

    public func bind(_ values: inout Bindings) { values.add(id) }
  }

  /// Whether a session may make a secret for a client now: it holds a proof, or it created the client a moment ago and
  /// makes its first secret.
  public struct SecretAllowed: Statement {
    public struct Row: Sendable {
      public let secrets: Int
      public let isFirstOfCreator: Bool
    }

    public static let sql = """
      SELECT (SELECT count(*) FROM client_secrets WHERE client_id = c.id),
        NOT EXISTS (SELECT 1 FROM client_secrets WHERE client_id = c.id)
          AND c.created_in = $2 AND c.created_at > now() - make_interval(secs => $3)
      FROM clients c WHERE c.id = $1
      """

    let clientID: String
    let session: SessionID?
    let windowSeconds: Double

    public init(clientID: String, session: SessionID?, windowSeconds: Double) {
      self.clientID = clientID
      self.session = session
      self.windowSeconds = windowSeconds
    }

    public func bind(_ values: inout Bindings) {
      values.add(clientID)
      values.add(session?.uuid)
      values.add(windowSeconds)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let count: Int64 = try row.next()
      return Row(secrets: Int(count), isFirstOfCreator: try row.next())
    }
  }

  /// Stores a secret's hash, using a proof unless `proofNeeded` is false. No row: no proof. The same id is stored once.
  public struct CreateSecret: Statement {
    public static let sql = """
      WITH proof AS (\(Proofs.use(session: "$7", purpose: "$8", request: "$9", when: "$10")))
      INSERT INTO client_secrets (id, client_id, algorithm, hash, prefix, expires_at)
      SELECT $1, c.id, $3, $4, $5, $6 FROM clients c
      WHERE c.id = $2 AND (NOT $10 OR EXISTS (SELECT 1 FROM proof)
        OR EXISTS (SELECT 1 FROM proofs WHERE session_id = $7 AND purpose = $8 AND used_by = $9))
      ON CONFLICT (id) DO UPDATE SET prefix = excluded.prefix
      RETURNING created_at
      """

    let id: ClientSecretID
    let clientID: String
    let algorithm: String
    let hash: Data
    let prefix: String
    let expiresAt: Date?
    let session: SessionID?
    let request: RequestID
    let proofNeeded: Bool

    public init(
      id: ClientSecretID, clientID: String, algorithm: String, hash: Data, prefix: String, expiresAt: Date?,
      session: SessionID?, request: RequestID, proofNeeded: Bool
    ) {
      self.id = id
      self.clientID = clientID
      self.algorithm = algorithm
      self.hash = hash
      self.prefix = prefix
      self.expiresAt = expiresAt
      self.session = session
      self.request = request
      self.proofNeeded = proofNeeded
    }

    public func bind(_ values: inout Bindings) {
      values.add(id.uuid)
      values.add(clientID)
      values.add(algorithm)
      values.add(hash)
      values.add(prefix)
      values.add(expiresAt)
      values.add(session?.uuid)
      values.add(Auth.ProofPurpose.clientSecret.text)
      values.add(request.data)
      values.add(proofNeeded)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Date { try row.next() }
  }

  public struct DeleteSecret: Statement {
    public static let sql = "DELETE FROM client_secrets WHERE id = $1 AND client_id = $2"

    let id: ClientSecretID
    let clientID: String

    public init(id: ClientSecretID, clientID: String) {
      self.id = id
      self.clientID = clientID
    }

    public func bind(_ values: inout Bindings) {
      values.add(id.uuid)
      values.add(clientID)
    }
  }
}
