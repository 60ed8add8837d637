import Foundation
public import LatchkeyProtocol
public import Postgres

/// Notices as an administrator sees them.
extension LogoutNotices {
  /// The state of one app's notices. No row if the client does not exist.
  public struct Status: Statement {
    public static let sql = """
      SELECT c.backchannel_logout_uri IS NOT NULL, n.waiting, n.oldest, n.next, n.failed, n.failed_at, n.last_error, n.told
      FROM clients c CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE delivered_at IS NULL AND failed_at IS NULL) AS waiting,
          min(created_at) FILTER (WHERE delivered_at IS NULL AND failed_at IS NULL) AS oldest,
          min(due_at) FILTER (WHERE delivered_at IS NULL AND failed_at IS NULL AND attempts > 0) AS next,
          count(*) FILTER (WHERE failed_at IS NOT NULL) AS failed, max(failed_at) AS failed_at,
          (array_agg(last_error ORDER BY failed_at IS NOT NULL, created_at DESC)
            FILTER (WHERE last_error IS NOT NULL AND delivered_at IS NULL))[1] AS last_error,
          max(delivered_at) AS told
        FROM outbox WHERE client_id = c.id AND service = 'oidc' AND kind = '\(kind)') n
      WHERE c.id = $1
      """

    public let bindings: Bindings

    public init(of clientID: String) { bindings = Bindings(clientID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> OIDC.LogoutNotices {
      let isSet: Bool = try row.next()
      let waiting: Int64 = try row.next()
      let oldest: Date? = try row.next()
      let next: Date? = try row.next()
      let failed: Int64 = try row.next()
      let failedAt: Date? = try row.next()
      let error: String? = try row.next()
      let told: Date? = try row.next()
      return OIDC.LogoutNotices(
        isSet: isSet, waiting: Int(waiting), waitingSince: oldest, nextAttempt: next, failed: Int(failed),
        failedAt: failedAt, trouble: error.flatMap(OIDC.LogoutNotices.Trouble.init(text:)), toldAt: told)
    }
  }

  /// Retries everything that an app was not told and may still want to know, now and from the beginning of the ladder
  /// of waits. The same request retries nothing a second time, and counts what it retried.
  public struct RetryNow: Statement {
    public static let sql = """
      WITH again AS (
        UPDATE outbox SET failed_at = NULL, due_at = now(), attempts = 0, retried_by = $2
        WHERE client_id = $1 AND service = 'oidc' AND kind = '\(kind)' AND delivered_at IS NULL AND useful_until > now()
          AND (leased_until IS NULL OR leased_until <= now())
          AND NOT EXISTS (SELECT 1 FROM outbox WHERE client_id = $1 AND retried_by = $2)
        RETURNING pg_notify('\(Outbox.channel)', 'oidc')::text AS told)
      SELECT (SELECT count(told) FROM again) + (SELECT count(*) FROM outbox WHERE client_id = $1 AND retried_by = $2)
      """

    public let bindings: Bindings

    public init(of clientID: String, request: RequestID) { bindings = Bindings(clientID, request.data) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
  }
}
