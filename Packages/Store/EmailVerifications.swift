public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Tokens sent to prove an address. Each is good once, for its day, and for the address that it was sent to: a user who
/// changes the address afterwards proves nothing with it (GHSA-rm8c-2cv8-jwf6).
public enum EmailVerifications {
  /// Stores a token's hash with the address, and posts the mail to that address, together. Nothing happens if the
  /// address is no longer the user's or is already proven. A user is sent a bounded number in a day: otherwise a stolen
  /// session could fill their mailbox.
  public struct Send: Statement {
    public static let perDay = 10

    public static let sql = """
      WITH made AS (
        INSERT INTO email_verifications (token_hash, user_id, email, expires_at)
        SELECT $6, u.id, u.email, now() + make_interval(secs => $9) FROM users u
        WHERE u.id = $7 AND u.email = $8 AND NOT u.email_verified AND NOT u.disabled
          AND (SELECT count(*) FROM email_verifications v WHERE v.user_id = u.id
            AND v.created_at > now() - interval '1 day') < \(perDay)
        ON CONFLICT DO NOTHING RETURNING user_id),
      sent AS (\(OutboxItem.insert(from: "made", userID: "made.user_id", first: 1)))
      SELECT EXISTS (SELECT 1 FROM made) OR EXISTS (SELECT 1 FROM email_verifications WHERE token_hash = $6)
      """

    public let bindings: Bindings

    public init(mail: OutboxItem, tokenHash: Data, user: UserID, email: String, lifetimeSeconds: Double) {
      bindings = Bindings { values in
        mail.bind(&values)
        values.add(tokenHash, user.uuid, email, lifetimeSeconds)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Uses a token of this user and marks the address as proven, together, if it is still the user's address when the
  /// row is written. Returns whether that happened, now or for the same request before.
  public struct Use: Statement {
    public static let sql = """
      WITH used AS (
        UPDATE email_verifications v SET used_at = now(), used_by = $3 FROM users u
        WHERE v.token_hash = $1 AND v.user_id = $2 AND v.used_at IS NULL AND v.expires_at > now()
          AND u.id = v.user_id AND lower(u.email) = lower(v.email)
        RETURNING v.user_id, v.email),
      verified AS (
        UPDATE users SET email_verified = true, updated_at = now() FROM used
        WHERE users.id = used.user_id AND lower(users.email) = lower(used.email) RETURNING users.id),
      noted AS (\(AuditEntry.insert(parameter: "$4", when: "EXISTS (SELECT 1 FROM verified)")))
      SELECT EXISTS (SELECT 1 FROM verified), EXISTS (
        SELECT 1 FROM email_verifications v JOIN users u ON u.id = v.user_id AND u.email_verified
        WHERE v.token_hash = $1 AND v.user_id = $2 AND v.used_by = $3 AND lower(u.email) = lower(v.email))
      """

    public let bindings: Bindings

    public init(tokenHash: Data, user: UserID, request: RequestID, entry: AuditEntry) {
      bindings = Bindings(tokenHash, user.uuid, request.data, entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool {
      let now: Bool = try row.next()
      let before: Bool = try row.next()
      return now || before
    }
  }
}
