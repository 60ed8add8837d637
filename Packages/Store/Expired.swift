public import Postgres

/// Rows whose time has passed, removed by the service that writes them, in batches too small to hold anybody up.
public enum Expired {
  /// At most this many rows go in one statement; a full batch says that there is more.
  public static let batch = 500

  static func sql(_ table: String, key: String, when condition: String) -> String {
    """
    DELETE FROM \(table) WHERE \(key) IN (
      SELECT \(key) FROM \(table) WHERE \(condition) LIMIT \(batch) FOR UPDATE SKIP LOCKED)
    """
  }

  public struct SpentChallenges: Statement {
    public static let sql = Expired.sql("spent_challenges", key: "challenge_hash", when: "expires_at < now()")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  /// One that has merely expired decides nothing any more. One that was ended says why its tokens are dead, for as long as
  /// there are any that do not say so themselves.
  public struct Sessions: Statement {
    public static let sql = Expired.sql(
      "sessions", key: "id",
      when: """
        (ended_at IS NULL AND ends_at < now()) OR (ended_at < now() - interval '1 day' AND NOT EXISTS (
          SELECT 1 FROM authorizations a WHERE a.session_id = sessions.id AND a.ended_at IS NULL))
        """)

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct Proofs: Statement {
    public static let sql = Expired.sql("proofs", key: "id", when: "expires_at < now() - interval '1 hour'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct OneTimeCodes: Statement {
    public static let sql = Expired.sql(
      "one_time_codes", key: "code_hash", when: "expires_at < now() - interval '1 day'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  /// Links by which people sign up: an administrator sees for a day that one has run out.
  public struct SignupLinks: Statement {
    public static let sql = Expired.sql("signup_tokens", key: "id", when: "expires_at < now() - interval '1 day'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  /// Counts of attempts whose window is long over.
  public struct Attempts: Statement {
    public static let sql = """
      DELETE FROM attempts WHERE (subject, since) IN (
        SELECT subject, since FROM attempts WHERE since < now() - interval '1 day' LIMIT \(batch)
        FOR UPDATE SKIP LOCKED)
      """

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct Interactions: Statement {
    public static let sql = Expired.sql("interactions", key: "id", when: "expires_at < now()")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct RefreshTokens: Statement {
    public static let sql = Expired.sql("refresh_tokens", key: "token_hash", when: "expires_at < now()")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct RevokedTokens: Statement {
    public static let sql = Expired.sql("revoked_tokens", key: "id", when: "expires_at < now() - interval '1 minute'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  /// Families of tokens of which nothing lives any more: their `expires_at` moves on with each that they give. Refresh
  /// tokens that have expired go before (`RefreshTokens`), so that no family takes many rows with it at once.
  public struct Authorizations: Statement {
    public static let sql = Expired.sql(
      "authorizations", key: "id",
      // The app may still be open in a session that goes on, and wants to know when that ends.
      when: """
        expires_at < now() - interval '1 minute' AND NOT EXISTS (
          SELECT 1 FROM sessions s
          WHERE s.id = authorizations.session_id AND s.ended_at IS NULL AND s.ends_at > now()
            AND authorizations.spent_at IS NOT NULL)
        """)

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct Uploads: Statement {
    public static let sql = Expired.sql("uploads", key: "id", when: "expires_at < now()")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct RetiredNames: Statement {
    public static let sql = """
      DELETE FROM retired_names WHERE (kind, name) IN (
        SELECT kind, name FROM retired_names WHERE free_at < now() LIMIT \(batch) FOR UPDATE SKIP LOCKED)
      """

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }
}
