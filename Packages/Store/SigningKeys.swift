public import Foundation
public import Postgres

/// Signing keys, sealed, and the data keys that seal them. Readable by `oidc` alone.
public enum SigningKeys {
  /// The channel that is notified when the set of keys changes.
  public static let channel = "signing_keys"

  public struct Stored: Sendable {
    public let kid: String
    public let algorithm: String
    public let sealedPrivate: Data
  }

  /// Every key that has a private half, oldest first.
  public struct All: Statement {
    public static let sql = """
      SELECT kid, algorithm, sealed_private FROM signing_keys WHERE sealed_private IS NOT NULL ORDER BY created_at, kid
      """

    public init() {}

    public func bind(_ values: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Stored {
      Stored(kid: try row.next(), algorithm: try row.next(), sealedPrivate: try row.next())
    }
  }

  /// Stores a key; of several processes that make the first one, one wins.
  public struct Create: Statement {
    public static let sql = """
      WITH made AS (
        INSERT INTO signing_keys (kid, algorithm, public_jwk, sealed_private, signs_from) VALUES ($1, $2, $3, $4, now())
        ON CONFLICT (algorithm) WHERE state = 'current' DO NOTHING RETURNING kid)
      SELECT pg_notify('\(channel)', kid)::text FROM made
      """

    let kid: String
    let algorithm: String
    let publicJWK: String
    let sealedPrivate: Data

    /// - Parameter publicJWK: RFC 7517 JSON.
    public init(kid: String, algorithm: String, publicJWK: String, sealedPrivate: Data) {
      self.kid = kid
      self.algorithm = algorithm
      self.publicJWK = publicJWK
      self.sealedPrivate = sealedPrivate
    }

    public func bind(_ values: inout Bindings) {
      values.add(kid)
      values.add(algorithm)
      values.add(JSONText(publicJWK))
      values.add(sealedPrivate)
    }
  }
}

public enum DataKeys {
  /// A service's data key, sealed under its key-encryption key.
  public struct Get: Statement {
    public static let sql = "SELECT sealed FROM data_keys WHERE service = $1 AND use = ''"

    let service: Ownership.Service

    public init(service: Ownership.Service) { self.service = service }

    public func bind(_ values: inout Bindings) { values.add(service.rawValue) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }

  /// Stores a service's data key; of several processes that make it, one wins.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO data_keys (id, service, sealed) VALUES ($1, $2, $3) ON CONFLICT (service, use) DO NOTHING
      """

    let id: UUID
    let service: Ownership.Service
    let sealed: Data

    public init(id: UUID, service: Ownership.Service, sealed: Data) {
      self.id = id
      self.service = service
      self.sealed = sealed
    }

    public func bind(_ values: inout Bindings) {
      values.add(id)
      values.add(service.rawValue)
      values.add(sealed)
    }
  }
}
