public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Fresh assertions: each for one session and one purpose, for one use or, where the purpose is lasting, for its time.
public enum Proofs {
  /// An UPDATE that uses the newest live proof of a session and purpose, if `condition` holds; returns one row if it
  /// did.
  static func use(session: String, purpose: String, request: String, when condition: String) -> String {
    """
    UPDATE proofs SET used_at = now(), used_by = \(request)
    WHERE id = (
      SELECT id FROM proofs WHERE session_id = \(session) AND purpose = \(purpose) AND used_at IS NULL
        AND expires_at > now() ORDER BY proven_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
    AND used_at IS NULL AND \(condition) RETURNING 1
    """
  }

  /// Whether a session holds an unused proof for a purpose.
  public struct Held: Statement {
    public static let sql = """
      SELECT EXISTS (SELECT 1 FROM proofs WHERE session_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now())
      """

    public let bindings: Bindings

    public init(session: SessionID, purpose: Auth.ProofPurpose) { bindings = Bindings(session.uuid, purpose.text) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Uses a proof, in the transaction of what it allows, and uses it up unless its purpose is lasting: one per request,
  /// however often it is repeated. No row if there is none.
  public struct Use: Statement {
    public static let sql = """
      WITH good AS (
        SELECT 1 FROM proofs WHERE session_id = $1 AND purpose = $2
          AND (used_by = $3 OR $4 AND used_at IS NULL AND expires_at > now())),
      proof AS (
        \(Proofs.use(session: "$1", purpose: "$2", request: "$3", when: "NOT EXISTS (SELECT 1 FROM good)")))
      SELECT true WHERE EXISTS (SELECT 1 FROM good) OR EXISTS (SELECT 1 FROM proof)
      """

    public let bindings: Bindings

    public init(session: SessionID, purpose: Auth.ProofPurpose, request: RequestID) {
      bindings = Bindings(session.uuid, purpose.text, request.data, purpose.isLasting)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Takes a passkey sign-in from a moment ago in this same session as the proof for one purpose, and as old as it is.
  /// A one-time code is no such sign-in (GHSA-hp74-gm6m-2qm5).
  public struct FromSignIn: Statement {
    public static let sql = """
      WITH proven AS (
        INSERT INTO proofs (id, session_id, purpose, proven_at, expires_at, amr)
        SELECT $1, s.id, $3, s.auth_time, now() + make_interval(secs => $4), s.amr FROM sessions s
        WHERE s.id = $2 AND \(Sessions.live) AND 'phr' = ANY (s.amr)
          AND s.auth_time > now() - make_interval(secs => $5)
        ON CONFLICT (id) DO NOTHING RETURNING 1),
      entry AS (\(AuditEntry.insert(parameter: "$6", when: "EXISTS (SELECT 1 FROM proven)")))
      SELECT EXISTS (SELECT 1 FROM proven) OR EXISTS (SELECT 1 FROM proofs WHERE id = $1 AND session_id = $2)
      """

    public let bindings: Bindings

    /// - Parameter id: derived from the request's, so that a repeated request proves nothing twice.
    public init(
      id: UUID, session: SessionID, purpose: Auth.ProofPurpose, lifetimeSeconds: Double, youngerThanSeconds: Double,
      entry: AuditEntry
    ) {
      bindings = Bindings(id, session.uuid, purpose.text, lifetimeSeconds, youngerThanSeconds, entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }
}
