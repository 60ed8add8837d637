public import Postgres

extension Expired {
  public struct Mail: Statement {
    public static let sql = Expired.sql(
      "outbox", key: "id", when: "coalesce(delivered_at, failed_at) < now() - interval '7 days'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  public struct EmailVerifications: Statement {
    public static let sql = Expired.sql(
      "email_verifications", key: "token_hash", when: "expires_at < now() - interval '1 day'")

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }

  /// A browser that was not seen for a year is told of again.
  public struct KnownDevices: Statement {
    public static let sql = """
      DELETE FROM known_devices WHERE (user_id, device_hash) IN (
        SELECT user_id, device_hash FROM known_devices WHERE last_seen_at < now() - interval '1 year'
        LIMIT \(batch) FOR UPDATE SKIP LOCKED)
      """

    public init() {}

    public func bind(_ values: inout Bindings) {}
  }
}
