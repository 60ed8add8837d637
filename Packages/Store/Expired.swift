public import Postgres

/// Rows whose time has passed, removed by the service that writes them, in batches too small to hold up anything else.
public enum Expired {
  /// At most this many rows go in one statement, which takes a few milliseconds; if any went, there may be more.
  public static let batch = 100

  /// - Parameter column: indexed. Rows go in its order, since without one the planner reads the table from its
  ///   beginning, past all that went before.
  static func sql(_ table: String, key: String, by column: String, before time: String = "now()") -> String {
    """
    DELETE FROM \(table) WHERE (\(key)) IN (
      SELECT \(key) FROM \(table) WHERE \(column) < \(time) ORDER BY \(column) LIMIT \(batch) FOR UPDATE SKIP LOCKED)
    """
  }

  /// For rows whose end moves, which no index should follow: `check_at` says when to look at a row; if that was too
  /// early, it is looked at again.
  ///
  /// - Parameters:
  ///   - over: SQL for whether a row may go.
  ///   - until: SQL for the earliest time that it may, as far as is known.
  static func checked(_ table: String, over: String, until: String) -> String {
    """
    WITH due AS MATERIALIZED (
      SELECT id, (\(over)) AS is_over, \(until) AS until FROM \(table) WHERE check_at < now()
      ORDER BY check_at LIMIT \(batch) FOR UPDATE SKIP LOCKED),
    kept AS (
      UPDATE \(table) SET check_at = greatest(due.until, now() + interval '1 day') FROM due
      WHERE \(table).id = due.id AND NOT due.is_over)
    DELETE FROM \(table) USING due WHERE \(table).id = due.id AND due.is_over
    """
  }

  public struct SpentChallenges: Statement {
    public static let sql = Expired.sql("spent_challenges", key: "challenge_hash", by: "expires_at")

    public init() {}
  }

  /// A session that has merely expired no longer decides anything. One that was ended says why its tokens are dead, for
  /// as long as there are any that do not say so themselves.
  public struct Sessions: Statement {
    public static let sql = Expired.checked(
      "sessions",
      over: """
        CASE WHEN ended_at IS NULL THEN ends_at < now() ELSE ended_at < now() - interval '1 day' AND NOT EXISTS (
          SELECT 1 FROM grants g WHERE g.session_id = sessions.id AND g.ended_at IS NULL) END
        """, until: "ends_at")

    public init() {}
  }

  public struct Proofs: Statement {
    public static let sql = Expired.sql("proofs", key: "id", by: "expires_at", before: "now() - interval '1 hour'")

    public init() {}
  }

  public struct OneTimeCodes: Statement {
    public static let sql = Expired.sql(
      "one_time_codes", key: "code_hash", by: "expires_at", before: "now() - interval '1 day'")

    public init() {}
  }

  /// Links by which people sign up: an administrator sees for a day that one has run out.
  public struct SignupLinks: Statement {
    public static let sql = Expired.sql(
      "signup_tokens", key: "id", by: "expires_at", before: "now() - interval '1 day'")

    public init() {}
  }

  /// Counts of attempts whose window is long over.
  public struct Attempts: Statement {
    public static let sql = Expired.sql(
      "attempts", key: "subject, since", by: "since", before: "now() - interval '1 day'")

    public init() {}
  }

  public struct Interactions: Statement {
    public static let sql = Expired.sql("interactions", key: "id", by: "expires_at")

    public init() {}
  }

  public struct RefreshTokens: Statement {
    public static let sql = Expired.sql("refresh_tokens", key: "token_hash", by: "expires_at")

    public init() {}
  }

  public struct RevokedTokens: Statement {
    public static let sql = Expired.sql(
      "revoked_tokens", key: "id", by: "expires_at", before: "now() - interval '1 minute'")

    public init() {}
  }

  /// Grants with nothing left alive: their `expires_at` moves with each token that they give. Expired refresh tokens go
  /// first (`RefreshTokens`), so that no grant takes many rows with it at once.
  public struct Grants: Statement {
    public static let sql = Expired.checked(
      "grants",
      // The app may still be open in a session that goes on, and wants to know when that ends.
      over: """
        expires_at < now() - interval '1 minute' AND NOT EXISTS (
          SELECT 1 FROM sessions s
          WHERE s.id = grants.session_id AND s.ended_at IS NULL AND s.ends_at > now()
            AND grants.spent_at IS NOT NULL)
        """, until: "expires_at + interval '1 minute'")

    public init() {}
  }

  public struct Uploads: Statement {
    public static let sql = Expired.sql("uploads", key: "id, part", by: "expires_at")

    public init() {}
  }

  public struct RetiredNames: Statement {
    public static let sql = Expired.sql("retired_names", key: "kind, name", by: "free_at")

    public init() {}
  }
}
