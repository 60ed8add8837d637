public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Ways to end sessions. Each decides in its own statement what becomes of the session's tokens (`GrantLife`), what
/// apps are told, and what is recorded. A repeated request ends nothing more, and counts what it ended.
extension Sessions {
  private static let counted = "e.data || jsonb_build_object('sessions', (SELECT count(*)::text FROM ended))"

  /// SQL: the CTE that tells apps about the sessions in `ended`.
  private static let told = "told AS (\(LogoutNotices.insert(when: "g.session_id IN (SELECT id FROM ended)")))"

  /// SQL: how many sessions the request of the entry with this id ended before; no row where it ended none.
  private static func before(entry id: String) -> String {
    "SELECT (data ->> 'sessions')::bigint FROM audit_log WHERE id = \(id)"
  }

  /// SQL: how many sessions the request of the entry in `parameter` ended: before, or now.
  private static func total(entry parameter: String) -> String {
    "coalesce((\(before(entry: AuditEntry.id(in: parameter)))), (SELECT count(*) FROM ended))"
  }

  /// How many sessions a request ended before, the caller's own perhaps among them. No row: none.
  public struct EndedBefore: Statement {
    public static let sql = before(entry: "$1")

    public let bindings: Bindings

    /// - Parameter entry: what the request would record.
    public init(recordedAs entry: AuditEntry) { bindings = Bindings(entry.id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int { Int(try row.next(Int64.self)) }
  }

  /// CTEs that end the sessions that a passkey of the user in `user` began, except one, once `gone` has a row: the
  /// passkey may be removed because of who holds it. What these sessions gave ends with them, including offline access.
  static func endThoseOf(passkey: String, user: String, but session: String) -> String {
    """
    ended AS (
      UPDATE sessions SET ended_at = now(), ended_reason = 'passkey_removed'
      WHERE user_id = \(user) AND passkey_id = \(passkey) AND ended_at IS NULL AND id IS DISTINCT FROM \(session)::uuid
        AND EXISTS (SELECT 1 FROM gone) RETURNING id),
    \(told)
    """
  }

  /// Expires a session that another one replaces in its browser. Nothing that it gave ends: its user is still here, or
  /// was when it was last used.
  public struct Replace: Statement {
    public static let sql = """
      UPDATE sessions SET expires_at = now() WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > now()
      """

    public let bindings: Bindings

    public init(tokenHash: Data) { bindings = Bindings(tokenHash) }
  }

  /// Ends one session of a user, or all but one, with all that they gave, and says how many.
  public struct End: Statement {
    public static let sql = """
      WITH ended AS (
        UPDATE sessions SET ended_at = now(), ended_reason = 'revoked'
        WHERE user_id = $1 AND ended_at IS NULL AND CASE WHEN $3 THEN id <> $2 ELSE id = $2 END
          AND NOT \(AuditEntry.isWritten(parameter: "$4"))
        RETURNING id),
      \(told),
      entry AS (\(AuditEntry.insert(parameter: "$4", when: "EXISTS (SELECT 1 FROM ended)", data: counted)))
      SELECT \(total(entry: "$4"))
      """

    public let bindings: Bindings

    /// - Parameter entry: records it; the statement adds how many ended.
    public init(_ session: SessionID, of user: UserID, entry: AuditEntry) {
      bindings = Bindings(user.uuid, session.uuid, false, entry.json)
    }

    public init(allBut session: SessionID, of user: UserID, entry: AuditEntry) {
      bindings = Bindings(user.uuid, session.uuid, true, entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int { Int(try row.next(Int64.self)) }
  }

  /// Signs a user out everywhere: ends all their sessions and every grant that apps hold, even from a session that is
  /// long gone, and returns how many sessions there were.
  public struct EndAll: Statement {
    public static let sql = """
      WITH ended AS (
        UPDATE sessions SET ended_at = now(), ended_reason = 'revoked'
        WHERE user_id = $1 AND ended_at IS NULL AND NOT \(AuditEntry.isWritten(parameter: "$2")) RETURNING 1),
      told AS (\(LogoutNotices.insert(
        when: "g.user_id = $1 AND \(GrantLife.lives("g")) AND NOT \(AuditEntry.isWritten(parameter: "$2"))"))),
      tokens AS (
        UPDATE grants SET ended_at = now(), ended_reason = 'signed_out_everywhere'
        WHERE user_id = $1 AND ended_at IS NULL AND NOT \(AuditEntry.isWritten(parameter: "$2")) RETURNING 1),
      entry AS (\(AuditEntry.insert(
        parameter: "$2", when: "EXISTS (SELECT 1 FROM ended) OR EXISTS (SELECT 1 FROM tokens)", data: counted)))
      SELECT \(total(entry: "$2"))
      """

    public let bindings: Bindings

    /// - Parameter entry: records it; the statement adds how many sessions ended.
    public init(of user: UserID, entry: AuditEntry) { bindings = Bindings(user.uuid, entry.json) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int { Int(try row.next(Int64.self)) }
  }

  /// Ends a session because an app that was used in it says that the user left: as if they had signed out.
  public struct EndNamed: Statement {
    public static let sql = """
      WITH ended AS (
        UPDATE sessions SET ended_at = now(), ended_reason = 'signed_out'
        WHERE id = $1 AND user_id = $2 AND ended_at IS NULL RETURNING id),
      \(told)
      \(AuditEntry.insert(
        parameter: "$3", when: "EXISTS (SELECT 1 FROM ended)",
        clientName: "(SELECT name FROM clients WHERE id = e.client_id)"))
      """

    public let bindings: Bindings

    public init(_ session: SessionID, of user: UserID, entry: AuditEntry) {
      bindings = Bindings(session.uuid, user.uuid, entry.json)
    }
  }

  /// Ends the session of a token, because the user is leaving this browser: what was given with offline access stays
  /// (OpenID Connect Core §11). An expired session is ended as well, so that what it gave ends too.
  public struct SignOut: Statement {
    public static let sql = """
      WITH ended AS (
        UPDATE sessions SET ended_at = now(), ended_reason = 'signed_out' WHERE token_hash = $1 AND ended_at IS NULL
        RETURNING id, user_id),
      \(told)
      \(AuditEntry.insert(
        parameter: "$2", when: "EXISTS (SELECT 1 FROM ended)", userID: "(SELECT user_id FROM ended)",
        session: "(SELECT id FROM ended)"))
      """

    public let bindings: Bindings

    /// - Parameter entry: records it; the statement adds whose session it was.
    public init(tokenHash: Data, entry: AuditEntry) { bindings = Bindings(tokenHash, entry.json) }
  }
}
