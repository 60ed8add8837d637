public import Foundation
import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// A client as seen by the endpoints where it authenticates: its credentials and its settings.
public struct TokenClient: Sendable {
  public let credentials: ClientCredentials
  public let name: String
  public let accessTokenMinutes: Int
  public let refreshTokenMinutes: Int
  /// Algorithms by their names in RFC 7518 §3.1.
  public let idTokenAlgorithm: String
  public let accessTokenAlgorithm: String
  /// Claims about the user appear in userinfo alone.
  public let userinfoOnly: Bool
  /// The database's clock, by which everything is decided.
  public let now: Date

  public var id: String { credentials.id }

  /// Of a client `c` with `secretsJoin`.
  static let columns = """
    c.id, c.name, c.is_public, c.access_token_minutes, c.refresh_token_minutes, c.id_token_alg, c.access_token_alg,
    c.userinfo_only, coalesce(k.ids, '{}'), coalesce(k.algorithms, '{}'), coalesce(k.hashes, '{}'),
    coalesce(k.expiries, '{}'), coalesce(k.stale, '{}'), now()
    """

  /// The secrets of the client `c` as five lists over the same rows.
  static let secretsJoin = """
    LEFT JOIN LATERAL (
      SELECT array_agg(k.id) AS ids, array_agg(k.algorithm) AS algorithms, array_agg(k.hash) AS hashes,
        array_agg(coalesce(extract(epoch FROM k.expires_at)::bigint, 0)) AS expiries,
        array_agg(k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute') AS stale
      FROM client_secrets k WHERE k.client_id = c.id) k ON true
    """

  init(row: inout RowReader) throws(RowError) {
    let id: String = try row.next()
    name = try row.next()
    let isPublic: Bool = try row.next()
    accessTokenMinutes = Int(try row.next(Int32.self))
    refreshTokenMinutes = Int(try row.next(Int32.self))
    idTokenAlgorithm = try row.next()
    accessTokenAlgorithm = try row.next()
    userinfoOnly = try row.next()
    let ids: [UUID] = try row.next()
    let algorithms: [String] = try row.next()
    let hashes: [[UInt8]] = try row.next()
    let expiries: [Int] = try row.next()
    let stale: [Bool] = try row.next()
    let secrets = ids.indices.compactMap { index -> StoredSecret? in
      // A hash of a kind that this build does not know matches nothing.
      guard let algorithm = StoredSecret.Algorithm(rawValue: algorithms[index]) else { return nil }
      return StoredSecret(
        id: "\(ClientSecretID(ids[index]))", algorithm: algorithm, hash: hashes[index],
        expiresAt: expiries[index] == 0 ? nil : Date(timeIntervalSince1970: Double(expiries[index])),
        isStale: stale[index])
    }
    credentials = ClientCredentials(id: id, isPublic: isPublic, secrets: secrets)
    now = try row.next()
  }

  /// A client alone: all that its own tokens are made of.
  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM clients c \(secretsJoin) WHERE c.id = $1"

    public let bindings: Bindings

    public init(id: String) { bindings = Bindings(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> TokenClient { try TokenClient(row: &row) }
  }
}
