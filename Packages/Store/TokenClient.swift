public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A client as the endpoints see it that it authenticates at: what it proves itself with, and how it is set.
public struct TokenClient: Sendable {
  public struct Secret: Sendable {
    public let id: ClientSecretID
    /// As the table spells it: `sha256`, `hmac-sha256` or `bcrypt`.
    public let algorithm: String
    public let hash: Data
    public let expiresAt: Date?
    /// Its use was noted over a minute ago, or never.
    public let stale: Bool
  }

  public let id: String
  public let name: String
  public let isPublic: Bool
  public let accessTokenMinutes: Int
  public let refreshTokenMinutes: Int
  /// Algorithms by their names in RFC 7518 §3.1.
  public let idTokenAlgorithm: String
  public let accessTokenAlgorithm: String
  /// Claims about the person stand in userinfo alone.
  public let userinfoOnly: Bool
  public let secrets: [Secret]
  /// The database's clock, by which everything is decided.
  public let now: Date

  /// Of a client `c` with `secretsJoin`.
  static let columns = """
    c.id, c.name, c.is_public, c.access_token_minutes, c.refresh_token_minutes, c.id_token_alg, c.access_token_alg,
    c.userinfo_only, coalesce(k.ids, '{}'), coalesce(k.algorithms, '{}'), coalesce(k.hashes, '{}'),
    coalesce(k.expiries, '{}'), coalesce(k.stale, '{}'), now()
    """

  /// The secrets of the client `c` as five lists over the same rows.
  static let secretsJoin = """
    LEFT JOIN LATERAL (
      SELECT array_agg(k.id) AS ids, array_agg(k.algorithm) AS algorithms, array_agg(encode(k.hash, 'hex')) AS hashes,
        array_agg(coalesce(extract(epoch FROM k.expires_at)::bigint::text, '')) AS expiries,
        array_agg(k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute') AS stale
      FROM client_secrets k WHERE k.client_id = c.id) k ON true
    """

  init(row: inout RowReader) throws(RowError) {
    id = try row.next()
    name = try row.next()
    isPublic = try row.next()
    accessTokenMinutes = Int(try row.next(Int32.self))
    refreshTokenMinutes = Int(try row.next(Int32.self))
    idTokenAlgorithm = try row.next()
    accessTokenAlgorithm = try row.next()
    userinfoOnly = try row.next()
    let ids: [UUID] = try row.next()
    let algorithms: [String] = try row.next()
    let hashes: [String] = try row.next()
    let expiries: [String] = try row.next()
    let stale: [Bool] = try row.next()
    secrets = ids.indices.map { index in
      Secret(
        id: ClientSecretID(ids[index]), algorithm: algorithms[index], hash: Data(hexadecimal: hashes[index]),
        expiresAt: Double(expiries[index]).map { Date(timeIntervalSince1970: $0) }, stale: stale[index])
    }
    now = try row.next()
  }

  /// A client alone: all that its own tokens are made of.
  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM clients c \(secretsJoin) WHERE c.id = $1"

    let id: String

    public init(id: String) { self.id = id }

    public func bind(_ values: inout Bindings) { values.add(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> TokenClient { try TokenClient(row: &row) }
  }
}

extension Data {
  /// From hexadecimal digits that the database wrote.
  init(hexadecimal text: String) {
    let digits = Array(text.utf8).map { $0 > 57 ? $0 &- 87 : $0 &- 48 }
    self.init(stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
