public import Postgres

extension Expired {
  public struct Mail: Statement {
    public static let sql = Expired.sql(
      "outbox", key: "id", by: "coalesce(delivered_at, failed_at)", before: "now() - interval '7 days'")

    public init() {}
  }

  public struct EmailVerifications: Statement {
    public static let sql = Expired.sql(
      "email_verifications", key: "token_hash", by: "expires_at", before: "now() - interval '1 day'")

    public init() {}
  }

  /// A browser that was not seen for a year is reported by mail again.
  public struct KnownDevices: Statement {
    public static let sql = Expired.sql(
      "known_devices", key: "user_id, device_hash", by: "last_seen_at", before: "now() - interval '1 year'")

    public init() {}
  }
}
