public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A session that is about to begin.
public struct NewSession: Sendable {
  public let id: SessionID
  let tokenHash: Data
  let amr: [String]
  let address: String
  let userAgent: String
  let idleSeconds: Double
  let capSeconds: Double

  public init(
    id: SessionID, tokenHash: Data, amr: [String], address: String, userAgent: String, idleSeconds: Double,
    capSeconds: Double
  ) {
    self.id = id
    self.tokenHash = tokenHash
    self.amr = amr
    self.address = address
    self.userAgent = userAgent
    self.idleSeconds = idleSeconds
    self.capSeconds = capSeconds
  }

  /// An INSERT of this session, with its seven parameters from `$first` on and the user's id taken from `source`. The
  /// user that a static key acts as has no session.
  ///
  /// - Parameter passkey: SQL for the id of the passkey that begins it.
  static func insert(from source: String, userID: String, passkey: String = "NULL", first: Int) -> String {
    let p = (first..<first + 7).map { "$\($0)" }
    return """
      INSERT INTO sessions (
        id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at, check_at, passkey_id)
      SELECT \(p[0]), \(p[1]), \(userID), now(), \(p[2]), \(p[3]), \(p[4]),
        now() + make_interval(secs => \(p[5])), now() + make_interval(secs => \(p[6])),
        now() + make_interval(secs => \(p[6])), \(passkey)::uuid
      FROM \(source) WHERE NOT \(StaticKey.isOwner(userID))
      """
  }

  func bind(_ values: inout Bindings) {
    values.add(id.uuid, tokenHash, amr, address, userAgent, idleSeconds, capSeconds)
  }
}

/// Browsers' logins.
public enum Sessions {
  /// What makes a session under the alias `s` count, defined once.
  static let live = "s.ended_at IS NULL AND s.expires_at > now() AND s.ends_at > now()"

  /// SQL for how long a session lives without use: the administrator's choice, or the given seconds.
  static func idle(whenUnset seconds: String) -> String {
    """
    coalesce((SELECT CASE WHEN c.minutes ~ '^[0-9]{1,5}$' THEN make_interval(mins => c.minutes::int) END
      FROM (SELECT coalesce(environment, chosen)->>'sessionDuration' AS minutes FROM settings) c),
      make_interval(secs => \(seconds)))
    """
  }

  static let columns = "s.id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent, s.amr"

  /// The live session of a token and its user.
  public struct Resolve: Statement {
    public struct Row: Sendable {
      public let user: User
      public let session: Auth.Session
      /// When the person proved who they are.
      public let authTime: Date
      public let endsAt: Date
      /// It was last seen over a minute ago: slide it.
      public let stale: Bool
    }

    public static let sql = """
      SELECT \(Users.columns), \(columns), s.auth_time, s.ends_at, s.last_seen_at < now() - interval '1 minute'
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.token_hash = $1 AND \(live) AND NOT u.disabled
      """

    public let bindings: Bindings

    public init(tokenHash: Data) { bindings = Bindings(tokenHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        user: try User(row: &row), session: try Auth.Session(row: &row), authTime: try row.next(),
        endsAt: try row.next(), stale: try row.next())
    }
  }

  /// Whether a session or a key would count if its owner were not disabled: disabling ends the sessions.
  public struct IsOfDisabled: Statement {
    public static let sql = """
      SELECT EXISTS (
        SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = $1 AND u.disabled AND s.ended_reason = 'user_disabled' AND s.expires_at > now()
          AND s.ends_at > now())
      OR EXISTS (
        SELECT 1 FROM api_keys k JOIN users u ON u.id = k.user_id
        WHERE k.key_hash = $2 AND u.disabled AND k.expires_at > now())
      """

    public let bindings: Bindings

    public init(tokenHash: Data?, keyHash: Data?) { bindings = Bindings(tokenHash, keyHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Extends a session's expiry, at most once a minute over all callers, never past its cap; never changes `auth_time`.
  public struct Slide: Statement {
    public static let sql = """
      UPDATE sessions SET last_seen_at = now(), expires_at = least(ends_at, now() + \(idle(whenUnset: "$2")))
      WHERE id = $1 AND last_seen_at < now() - interval '1 minute' AND ended_at IS NULL
      """

    public let bindings: Bindings

    public init(id: SessionID, idleSeconds: Double) { bindings = Bindings(id.uuid, idleSeconds) }
  }

  /// A user's live sessions, newest first.
  public struct List: Statement {
    public static let sql = """
      SELECT \(columns) FROM sessions s WHERE s.user_id = $1 AND \(live) ORDER BY s.last_seen_at DESC, s.id LIMIT 200
      """

    public let bindings: Bindings

    public init(user: UserID) { bindings = Bindings(user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Auth.Session {
      try Auth.Session(row: &row)
    }
  }
}

extension Auth.Session {
  init(row: inout RowReader) throws(RowError) {
    self.init(
      id: SessionID(try row.next()), createdAt: try row.next(), lastSeenAt: try row.next(),
      expiresAt: try row.next(), address: try row.next(), userAgent: try row.next(), amr: try row.next())
  }
}
