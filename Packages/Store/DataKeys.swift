public import Foundation
public import Postgres

/// Random or kept keys, each for one use, sealed under the key-encryption key of the service that uses it (`KeyVault`).
public enum DataKeys {
  /// The context that a kept key is sealed to (`Sealer`): no key can be put in another's place.
  public static func context(owner: String, use: String) -> String {
    use.isEmpty ? "data-key/\(owner)" : "data-key/\(owner)/\(use)"
  }

  /// A key as it is kept.
  public struct Kept: Sendable, Equatable {
    /// `auth`, `oidc`, `admin`, or `shared` for what several services use.
    public let owner: String
    /// Empty for the key that seals a service's data.
    public let use: String
    public let sealed: Data

    public init(owner: String, use: String, sealed: Data) {
      self.owner = owner
      self.use = use
      self.sealed = sealed
    }
  }

  /// Every key of one owner, and those that are shared.
  public struct Of: Statement {
    public static let sql = "SELECT service, use, sealed FROM data_keys WHERE service IN ($1, 'shared')"

    public let bindings: Bindings

    public init(_ owner: String) { bindings = Bindings(owner) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Kept {
      Kept(owner: try row.next(), use: try row.next(), sealed: try row.next())
    }
  }

  /// A service's own data key, sealed.
  public struct Get: Statement {
    public static let sql = "SELECT sealed FROM data_keys WHERE service = $1 AND use = ''"

    public let bindings: Bindings

    public init(service: Ownership.Service) { bindings = Bindings(service.rawValue) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }

  /// Stores a service's data key; if several processes make one, one wins.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO data_keys (id, service, sealed) VALUES ($1, $2, $3) ON CONFLICT (service, use) DO NOTHING
      """

    public let bindings: Bindings

    public init(id: UUID, service: Ownership.Service, sealed: Data) {
      bindings = Bindings(id, service.rawValue, sealed)
    }
  }
}
