public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Delivery of notices to their apps.
extension LogoutNotices {
  static let open = "service = 'oidc' AND kind = '\(kind)' AND delivered_at IS NULL AND failed_at IS NULL"

  /// One notice, claimed for one attempt.
  public struct Claimed: Sendable {
    public let id: UUID
    public let user: UserID
    public let session: SessionID
    public let clientID: String
    /// Consecutive attempts that this app has not answered, over all that waits for it, including this one.
    public let attempts: Int
    /// Where to tell the app, and how to sign, as the client is set now; nil if no one is to be told any more.
    public let address: String?
    public let algorithm: String?
    /// The database's clock.
    public let now: Date
  }

  /// Claims the notice that has waited longest, for one lease.
  public struct Claim: Statement {
    public static let sql = """
      WITH claimed AS (
        \(Outbox.claiming(open, by: "$1", leaseSeconds: "$2"))
        RETURNING id, user_id, session_id, client_id, attempts)
      SELECT n.id, n.user_id, n.session_id, n.client_id,
        greatest(n.attempts, (SELECT max(o.attempts) FROM outbox o WHERE o.client_id = n.client_id AND \(open))),
        c.backchannel_logout_uri, c.id_token_alg, now()
      FROM claimed n LEFT JOIN clients c ON c.id = n.client_id
      """

    public let bindings: Bindings

    public init(by claimer: UUID, leaseSeconds: Double) { bindings = Bindings(claimer, leaseSeconds) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Claimed {
      Claimed(
        id: try row.next(), user: UserID(try row.next()), session: SessionID(try row.next()), clientID: try row.next(),
        attempts: try row.next(), address: try row.next(), algorithm: try row.next(), now: try row.next())
    }
  }

  /// Notes an attempt's outcome and applies it to the app's other notices: while the app does not answer, they wait
  /// with this one, so that one app that is down holds up no other; once it answers, they are due.
  public struct Note: Statement {
    public static let sql = """
      WITH noted AS (
        \(Outbox.Note.sql) RETURNING client_id)
      UPDATE outbox SET due_at = CASE WHEN $3 = 'retry' THEN greatest(due_at, now() + make_interval(secs => $5)) ELSE now() END
      WHERE id IN (
        SELECT o.id FROM outbox o JOIN noted ON o.client_id = noted.client_id
        WHERE o.id <> $1 AND \(open) AND (o.leased_until IS NULL OR o.leased_until <= now())
          AND ($3 = 'retry' OR o.due_at > now())
        FOR UPDATE OF o SKIP LOCKED)
      """

    public let bindings: Bindings

    public init(_ id: UUID, by claimer: UUID, _ verdict: Outbox.Verdict) {
      bindings = Bindings { values in
        values.add(id, claimer)
        values.add(verdict)
      }
    }
  }
}
