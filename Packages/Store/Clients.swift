import Foundation
public import LatchkeyProtocol
public import Postgres

/// Clients and their secrets, for their administrators.
public enum Clients {
  static let columns = """
    c.id, c.name, c.description, c.callback_urls, c.logout_callback_urls, c.is_public, c.pkce_enabled,
    c.requires_reauthentication, c.skip_consent, c.launch_url, c.access_token_minutes, c.refresh_token_minutes,
    c.is_group_restricted, c.created_at, c.created_by, c.logo_version, c.dark_logo_version, c.callback_patterns, c.imported,
    c.userinfo_only, c.id_token_alg, c.access_token_alg, c.backchannel_logout_uri, c.backchannel_logout_session_required,
    c.frontchannel_logout_uri, c.frontchannel_logout_session_required
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
    let isGroupRestricted: Bool = try row.next()
    let createdAt: Date = try row.next()
    let createdBy: UUID? = try row.next()
    let logos = LogoVersions(light: try row.next(), dark: try row.next())
    let callbackPatterns: Bool = try row.next()
    let imported: Bool = try row.next()
    return Admin.Client(
      id: id,
      settings: Admin.ClientSettings(
        name: name, description: description, callbackURLs: callbackURLs, logoutCallbackURLs: logoutCallbackURLs,
        isPublic: isPublic, pkceEnabled: pkceEnabled, requiresReauthentication: requiresReauthentication,
        skipConsent: skipConsent, launchURL: launchURL, accessTokenDurationMinutes: Int(accessMinutes),
        refreshTokenDurationMinutes: Int(refreshMinutes), isGroupRestricted: isGroupRestricted,
        callbackPatterns: callbackPatterns, userinfoOnly: try row.next(), idTokenAlgorithm: try row.next(),
        accessTokenAlgorithm: try row.next(), backchannelLogoutURI: try row.next(),
        backchannelLogoutSessionRequired: try row.next(), frontchannelLogoutURI: try row.next(),
        frontchannelLogoutSessionRequired: try row.next()),
      secrets: [], createdAt: createdAt, createdBy: createdBy.map { UserID($0) }, logos: logos, imported: imported)
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
    values.add(settings.isGroupRestricted)
    values.add(settings.callbackPatterns)
    values.add(settings.userinfoOnly)
    values.add(settings.idTokenAlgorithm)
    values.add(settings.accessTokenAlgorithm)
    values.add(settings.backchannelLogoutURI)
    values.add(settings.backchannelLogoutSessionRequired)
    values.add(settings.frontchannelLogoutURI)
    values.add(settings.frontchannelLogoutSessionRequired)
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
      WHERE ($1::text IS NULL OR c.name ILIKE $1 OR c.id ILIKE $1) AND c.pkce_enabled = ANY($6::bool[])
        AND c.requires_reauthentication = ANY($7::bool[]) AND c.skip_consent = ANY($8::bool[])
        AND c.is_group_restricted = ANY($9::bool[])
      ORDER BY
        CASE WHEN $2 = 'name' AND NOT $3 THEN lower(c.name) END,
        CASE WHEN $2 = 'name' AND $3 THEN lower(c.name) END DESC,
        CASE WHEN $2 = 'createdAt' AND NOT $3 THEN c.created_at END,
        CASE WHEN $2 = 'createdAt' AND $3 THEN c.created_at END DESC,
        c.id
      LIMIT $4 OFFSET $5
      """

    let query: ListQuery<Sort>
    let filter: Admin.ClientFilter

    public init(_ query: ListQuery<Sort>, _ filter: Admin.ClientFilter = Admin.ClientFilter()) {
      self.query = query
      self.filter = filter
    }

    public func bind(_ values: inout Bindings) {
      values.add(query.pattern)
      query.bind(&values)
      let wanted = [
        filter.pkceEnabled, filter.requiresReauthentication, filter.skipConsent, filter.isGroupRestricted,
      ]
      for flag in wanted { values.add(flag.map { [$0] } ?? [true, false]) }
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

  /// The client as it is now, held against every other change until the transaction ends.
  public struct Lock: Statement {
    public static let sql = "SELECT \(columns) FROM clients c WHERE c.id = $1 FOR UPDATE OF c"

    let id: String

    public init(id: String) { self.id = id }

    public func bind(_ values: inout Bindings) { values.add(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// Makes a client; an id in use makes nothing and returns no row.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO clients AS c (id, name, description, callback_urls, logout_callback_urls, is_public, pkce_enabled,
        requires_reauthentication, skip_consent, launch_url, access_token_minutes, refresh_token_minutes,
        is_group_restricted, callback_patterns, userinfo_only, id_token_alg, access_token_alg, backchannel_logout_uri,
        backchannel_logout_session_required, frontchannel_logout_uri, frontchannel_logout_session_required, created_in,
        created_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, false), coalesce($14, false),
        coalesce($15, false), coalesce($16, 'RS256'), coalesce($17, 'RS256'), nullif($18, ''), coalesce($19, false),
        nullif($20, ''), coalesce($21, false), $22, $23)
      ON CONFLICT (id) DO NOTHING RETURNING \(columns)
      """

    let id: String
    let settings: Admin.ClientSettings
    let session: SessionID?
    let user: UserID

    /// - Parameters:
    ///   - session: the browser that makes it, whose first secret needs no further proof.
    ///   - user: who makes it.
    public init(id: String, settings: Admin.ClientSettings, session: SessionID?, by user: UserID) {
      self.id = id
      self.settings = settings
      self.session = session
      self.user = user
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      Clients.bind(settings, to: &values)
      values.add(session?.uuid)
      values.add(user.uuid)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  public struct Update: Statement {
    public static let sql = """
      UPDATE clients c SET name = $2, description = $3, callback_urls = $4, logout_callback_urls = $5, is_public = $6,
        pkce_enabled = $7, requires_reauthentication = $8, skip_consent = $9, launch_url = $10,
        access_token_minutes = $11, refresh_token_minutes = $12,
        is_group_restricted = coalesce($13, c.is_group_restricted),
        callback_patterns = coalesce($14, c.callback_patterns), userinfo_only = coalesce($15, c.userinfo_only),
        id_token_alg = coalesce($16, c.id_token_alg), access_token_alg = coalesce($17, c.access_token_alg),
        backchannel_logout_uri = nullif(coalesce($18, c.backchannel_logout_uri), ''),
        backchannel_logout_session_required = coalesce($19, c.backchannel_logout_session_required),
        frontchannel_logout_uri = nullif(coalesce($20, c.frontchannel_logout_uri), ''),
        frontchannel_logout_session_required = coalesce($21, c.frontchannel_logout_session_required)
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
}
