public import Foundation
public import LatchkeyProtocol
public import Postgres

/// The key that the environment gives (`STATIC_API_KEY`) and the administrator that it acts as: not a person, and
/// unable to sign in.
public enum StaticKey {
  /// A condition: the user whose id is `userID` is the one that a static key acts as.
  static func isOwner(_ userID: String) -> String {
    "EXISTS (SELECT 1 FROM api_keys static_key WHERE static_key.user_id = \(userID) AND static_key.is_static)"
  }

  /// The installation's id: what tells one installation's static user from another's.
  public struct Suffix: Statement {
    public static let sql = "SELECT left(replace(id::text, '-', ''), 8) FROM instance"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }

  /// Makes the user, or sets them to what they have to be.
  public struct EnsureUser: Statement {
    public static let sql = """
      INSERT INTO users (id, username, first_name, last_name, display_name, is_admin)
      VALUES ($1, $2, 'Static API User', '', 'Static API User', true)
      ON CONFLICT (id) DO UPDATE SET is_admin = true, disabled = false
      """

    public let bindings: Bindings

    public init(id: UserID, username: String) { bindings = Bindings(id.uuid, username) }
  }

  /// Sets the key, in the transaction of its user.
  public struct EnsureKey: Statement {
    public static let sql = """
      INSERT INTO api_keys (id, user_id, name, key_hash, is_static, expires_at)
      VALUES ($1, $2, 'STATIC_API_KEY', $3, true, '9999-12-31T00:00:00Z')
      ON CONFLICT (id) DO UPDATE SET key_hash = excluded.key_hash
      """

    public let bindings: Bindings

    public init(id: APIKeyID, user: UserID, hash: Data) { bindings = Bindings(id.uuid, user.uuid, hash) }
  }

  /// Removes the user, and the key with them.
  public struct Remove: Statement {
    public static let sql = "DELETE FROM users u WHERE \(isOwner("u.id"))"

    public init() {}
  }
}
