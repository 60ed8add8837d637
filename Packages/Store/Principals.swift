public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Callers that act by an API key.
public enum Principals {
  /// The user and the live key that a hash stands for.
  public struct ByKey: Statement {
    public struct Row: Sendable {
      public let user: User
      public let key: APIKeyID
      public let keyName: String
      /// It was last used over a minute ago, or never: note it.
      public let stale: Bool
      /// It is the key that the environment gives (`STATIC_API_KEY`).
      public let isStatic: Bool
    }

    public static let sql = """
      SELECT \(Users.columns), k.id, k.name, k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute',
        k.is_static
      FROM api_keys k JOIN users u ON u.id = k.user_id
      WHERE k.key_hash = $1 AND k.expires_at > now() AND NOT u.disabled
      """

    public let bindings: Bindings

    public init(keyHash: Data) { bindings = Bindings(keyHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        user: try User(row: &row), key: APIKeyID(try row.next()), keyName: try row.next(), stale: try row.next(),
        isStatic: try row.next())
    }
  }

  /// Notes that a key was used, at most once a minute.
  public struct NoteUse: Statement {
    public static let sql = """
      UPDATE api_keys SET last_used_at = now()
      WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
      """

    public let bindings: Bindings

    public init(key: APIKeyID) { bindings = Bindings(key.uuid) }
  }
}
