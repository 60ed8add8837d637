public import Foundation
public import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// What decides an authorization request: the client, the caller's session and earlier consent, read in one statement.
public struct AuthorizationFacts: Sendable {
  public struct Session: Sendable {
    public let id: SessionID
    public let user: User
    /// It was last seen over a minute ago: slide it.
    public let stale: Bool
    /// The same as the rules take it.
    public let facts: SessionFacts
  }

  public let client: ClientFacts
  /// The client as pages show it; the request decides where the browser will be sent.
  public let shown: OIDC.ClientSummary
  public let session: Session?
  /// The scopes that the session's user agreed to for this client; nil when they never agreed to anything.
  public let consentedScopes: [String]?
  /// The session's user has signed in to this client before, with or without having been asked.
  public let wasUsedBefore: Bool
  /// The database's clock, by which everything is decided.
  public let now: Date

  static let columns = """
    c.id, c.is_public, c.pkce_enabled, c.callback_urls, c.skip_consent, c.requires_reauthentication,
    c.is_group_restricted, c.callback_patterns, c.imported, c.name, c.description, c.launch_url, c.logo_version,
    c.dark_logo_version, \(Users.columns), s.id, s.auth_time, s.amr, s.last_seen_at < now() - interval '1 minute', \(ClientAccess.inAllowedGroup(client: "c.id", user: "u.id")),
    agreed.scopes, agreed.user_id IS NOT NULL, now()
    """

  /// Session, user and consent beside a client `c`, for the token hash in parameter `token`.
  static func joins(token: String) -> String {
    """
    LEFT JOIN (sessions s JOIN users u ON u.id = s.user_id AND NOT u.disabled)
      ON s.token_hash = \(token) AND \(Sessions.live)
    LEFT JOIN consents agreed ON agreed.client_id = c.id AND agreed.user_id = u.id
    """
  }

  init(row: inout RowReader) throws(RowError) {
    client = ClientFacts(
      id: try row.next(), isPublic: try row.next(), pkceEnabled: try row.next(), callbackURLs: try row.next(),
      skipConsent: try row.next(), requiresReauthentication: try row.next(), isGroupRestricted: try row.next(),
      callbackPatterns: try row.next(), isImported: try row.next())
    shown = OIDC.ClientSummary(
      id: client.id, name: try row.next(), description: try row.next(), launchURL: try row.next(),
      requiresReauthentication: client.requiresReauthentication, returnsTo: nil,
      logos: LogoVersions(light: try row.next(), dark: try row.next()))
    let user = try User.optional(row: &row)
    let sessionID: UUID? = try row.next()
    let authTime: Date? = try row.next()
    let amr: [String]? = try row.next()
    let stale: Bool? = try row.next()
    let inAllowedGroup: Bool = try row.next()
    if let user, let sessionID, let authTime, let amr, let stale {
      session = Session(
        id: SessionID(sessionID), user: user, stale: stale,
        facts: SessionFacts(
          id: "\(SessionID(sessionID))", userID: "\(user.id)", authenticatedAt: authTime, amr: amr,
          inAllowedGroup: inAllowedGroup))
    } else {
      session = nil
    }
    consentedScopes = try row.next()
    wasUsedBefore = try row.next()
    now = try row.next()
  }

  /// By client id, for a request that has just arrived.
  public struct ForRequest: Statement {
    public static let sql = "SELECT \(columns) FROM clients c \(joins(token: "$2")) WHERE c.id = $1"

    public let bindings: Bindings

    public init(clientID: String, tokenHash: Data?) { bindings = Bindings(clientID, tokenHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> AuthorizationFacts {
      try AuthorizationFacts(row: &row)
    }
  }
}
