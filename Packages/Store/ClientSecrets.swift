public import Foundation
public import LatchkeyProtocol
public import Postgres

// Secrets of clients. What is stored are hashes.
extension Clients {
  /// The secrets of the given clients, oldest first, without the secrets.
  public struct Secrets: Statement {
    public struct Row: Sendable {
      public let clientID: String
      public let secret: Admin.ClientSecret
    }

    public static let sql = """
      SELECT client_id, id, prefix, created_at, expires_at, last_used_at FROM client_secrets WHERE client_id = ANY($1)
      ORDER BY created_at, id
      """

    public let bindings: Bindings

    public init(of clientIDs: [String]) { bindings = Bindings(clientIDs) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        clientID: try row.next(),
        secret: Admin.ClientSecret(
          id: ClientSecretID(try row.next()), prefix: try row.next(), createdAt: try row.next(),
          expiresAt: try row.next(), lastUsedAt: try row.next()))
    }
  }

  /// How many secrets a client has, and whether a session may make one without a proof: it created the client a moment
  /// ago, and this is the first. The client is locked until the transaction ends, so that secrets are counted one by
  /// one.
  public struct SecretAllowed: Statement {
    public struct Row: Sendable {
      public let name: String
      public let isPublic: Bool
      public let secrets: Int
      public let isFirstOfCreator: Bool
    }

    public static let sql = """
      SELECT c.name, c.is_public, (SELECT count(*) FROM client_secrets WHERE client_id = c.id),
        NOT EXISTS (SELECT 1 FROM client_secrets WHERE client_id = c.id)
          AND coalesce(c.created_in = $2, false) AND c.created_at > now() - make_interval(secs => $3)
      FROM clients c WHERE c.id = $1 FOR UPDATE OF c
      """

    public let bindings: Bindings

    public init(clientID: String, session: SessionID?, windowSeconds: Double) {
      bindings = Bindings(clientID, session?.uuid, windowSeconds)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let name: String = try row.next()
      let isPublic: Bool = try row.next()
      let count: Int64 = try row.next()
      return Row(name: name, isPublic: isPublic, secrets: Int(count), isFirstOfCreator: try row.next())
    }
  }

  /// Stores a secret's hash. The same id is stored once.
  public struct CreateSecret: Statement {
    public static let sql = """
      INSERT INTO client_secrets (id, client_id, algorithm, hash, prefix, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (id) DO UPDATE SET prefix = excluded.prefix RETURNING created_at
      """

    public let bindings: Bindings

    public init(
      id: ClientSecretID, clientID: String, algorithm: String, hash: Data, prefix: String, expiresAt: Date?
    ) {
      bindings = Bindings(id.uuid, clientID, algorithm, hash, prefix, expiresAt)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Date { try row.next() }
  }

  /// Deletes a secret; the row is its prefix.
  public struct DeleteSecret: Statement {
    public static let sql = "DELETE FROM client_secrets WHERE id = $1 AND client_id = $2 RETURNING prefix"

    public let bindings: Bindings

    public init(id: ClientSecretID, clientID: String) { bindings = Bindings(id.uuid, clientID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }

  /// Deletes every secret of a client but one; the rows are their ids and prefixes.
  public struct DeleteOtherSecrets: Statement {
    public struct Row: Sendable {
      public let id: ClientSecretID
      public let prefix: String
    }

    public static let sql = "DELETE FROM client_secrets WHERE client_id = $1 AND id <> $2 RETURNING id, prefix"

    public let bindings: Bindings

    public init(of clientID: String, but kept: ClientSecretID) { bindings = Bindings(clientID, kept.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(id: ClientSecretID(try row.next()), prefix: try row.next())
    }
  }

  /// Notes that a client's secret was used, at most once a minute.
  public struct NoteSecretUse: Statement {
    public static let sql = """
      UPDATE client_secrets SET last_used_at = now()
      WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
      """

    public let bindings: Bindings

    public init(id: ClientSecretID) { bindings = Bindings(id.uuid) }
  }

  /// Rehashes an imported secret that was seen in clear for the first time.
  public struct RehashSecret: Statement {
    public static let sql = """
      UPDATE client_secrets SET algorithm = $3, hash = $4, last_used_at = now() WHERE id = $1 AND hash = $2
      """

    public let bindings: Bindings

    public init(id: ClientSecretID, oldHash: Data, algorithm: String, hash: Data) {
      bindings = Bindings(id.uuid, oldHash, algorithm, hash)
    }
  }
}
