public import Foundation
public import LatchkeyProtocol
public import Postgres

/// What decides a logout: the browser's session, the client that asks, and the apps that were used in the session, read
/// in one statement.
public struct LogoutFacts: Sendable {
  public struct Client: Sendable {
    public let id: String
    public let name: String
    public let description: String
    public let launchURL: String?
    public let logoutCallbackURLs: [String]
    public let isPublic: Bool
    public let callbackPatterns: Bool
    public let imported: Bool
    public let logos: LogoVersions?
  }

  public struct Session: Sendable {
    public let id: SessionID
    public let user: User
    /// It is not over. A user may still sign out of a session that has expired.
    public let isLive: Bool
  }

  /// Nil if no client has this id.
  public let client: Client?
  /// Nil if no user ever signed in with this token, or the user has signed out.
  public let session: Session?
  /// Where the apps that the session was used for are told in the browser (Front-Channel Logout 1.0 §2).
  public let frontchannelURIs: [String]

  public struct Read: Statement {
    public static let sql = """
      SELECT c.id, c.name, c.description, c.launch_url, c.logout_callback_urls, c.is_public, c.callback_patterns,
        c.imported, c.logo_version, c.dark_logo_version, \(Users.columns), s.id, \(Sessions.live),
        ARRAY(SELECT DISTINCT f.frontchannel_logout_uri FROM grants g JOIN clients f ON f.id = g.client_id
          WHERE g.session_id = s.id AND g.spent_at IS NOT NULL AND f.frontchannel_logout_uri IS NOT NULL
          ORDER BY f.frontchannel_logout_uri LIMIT $3)
      FROM (VALUES (1)) AS one
        LEFT JOIN clients c ON c.id = $1
        LEFT JOIN (sessions s JOIN users u ON u.id = s.user_id AND NOT u.disabled)
          ON s.token_hash = $2 AND s.ended_at IS NULL
      """

    public let bindings: Bindings

    /// - Parameter limit: addresses at most.
    public init(clientID: String?, tokenHash: Data?, limit: Int) { bindings = Bindings(clientID, tokenHash, limit) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> LogoutFacts { try LogoutFacts(row: &row) }
  }

  init(row: inout RowReader) throws(RowError) {
    let id: String? = try row.next()
    let name: String? = try row.next()
    let description: String? = try row.next()
    let launchURL: String? = try row.next()
    let logoutCallbackURLs: [String]? = try row.next()
    let isPublic: Bool? = try row.next()
    let callbackPatterns: Bool? = try row.next()
    let imported: Bool? = try row.next()
    let logos = LogoVersions(light: try row.next(), dark: try row.next())
    client =
      if let id, let name, let description, let logoutCallbackURLs, let isPublic, let callbackPatterns, let imported {
        Client(
          id: id, name: name, description: description, launchURL: launchURL, logoutCallbackURLs: logoutCallbackURLs,
          isPublic: isPublic, callbackPatterns: callbackPatterns, imported: imported, logos: logos)
      } else {
        nil
      }
    let user = try User.optional(row: &row)
    let sessionID: UUID? = try row.next()
    let isLive: Bool? = try row.next()
    session =
      if let user, let sessionID, let isLive {
        Session(id: SessionID(sessionID), user: user, isLive: isLive)
      } else {
        nil
      }
    frontchannelURIs = try row.next()
  }
}
