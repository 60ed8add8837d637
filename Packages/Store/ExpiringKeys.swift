public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Keys of the API that are about to expire: their owners are told once per key.
public enum ExpiringKeys {
  /// Keys that expire within a week and whose owner has not been told; the static key has no owner to tell.
  public struct List: Statement {
    public struct Row: Sendable {
      public let key: APIKeyID
      public let name: String
      public let expiresAt: Date
    }

    /// At most this many at a time; a full list says that there is more.
    public static let batch = 100

    public static let sql = """
      SELECT k.id, k.name, k.expires_at FROM api_keys k JOIN users u ON u.id = k.user_id
      WHERE NOT k.expiration_email_sent AND NOT k.is_static AND k.expires_at > now()
        AND k.expires_at < now() + interval '7 days' AND u.email IS NOT NULL AND NOT u.disabled
      ORDER BY k.expires_at, k.id LIMIT \(batch)
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(key: APIKeyID(try row.next()), name: try row.next(), expiresAt: try row.next())
    }
  }

  /// Posts the mail about a key and marks the key, together, unless another instance was quicker.
  public struct Tell: Statement {
    public static let sql = """
      WITH marked AS (
        UPDATE api_keys SET expiration_email_sent = true WHERE id = $6 AND NOT expiration_email_sent RETURNING user_id)
      \(OutboxItem.insert(from: "marked", userID: "marked.user_id", first: 1))
      """

    public let bindings: Bindings

    public init(mail: OutboxItem, key: APIKeyID) {
      bindings = Bindings { values in
        mail.bind(&values)
        values.add(key.uuid)
      }
    }
  }
}
