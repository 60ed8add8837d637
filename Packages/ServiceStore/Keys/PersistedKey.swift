import Crypto
import LatchkeyProtocol
public import Store

/// A key that must not change when ENCRYPTION_KEY does, since what it made cannot be made anew: hashes whose texts we
/// never kept, a chain of seals that others have noted.
///
/// At first it is derived from ENCRYPTION_KEY like every other. `latchkey encryption-key-rotate` writes it down, sealed
/// under the new key's key-encryption key (`data_keys`), and from then on the written key counts. Anyone with the old
/// ENCRYPTION_KEY therefore still has these keys, and only these: none of them opens a secret or makes a session.
public enum PersistedKey: String, CaseIterable, Sendable {
  /// Hashes one-time codes, which live up to a month.
  case oneTimeCodes
  /// Seals the record.
  case auditChain
  /// Makes sign-up links from their ids, so that they can be shown again, and names the user STATIC_API_KEY acts as.
  case links
  /// Hashes client secrets that a person chose.
  case clientSecrets

  /// The service that uses it; nil if several do.
  var service: Peer? {
    switch self {
    case .oneTimeCodes: .auth
    case .auditChain, .links: .admin
    case .clientSecrets: nil
    }
  }

  /// As `data_keys` has it.
  var owner: String { service?.rawValue ?? "shared" }

  /// As `data_keys` has it.
  var use: String {
    switch self {
    case .oneTimeCodes: "hash"
    case .auditChain: "audit"
    case .links: "links"
    case .clientSecrets: "client-secrets"
    }
  }

  /// How it is derived if it was never written down.
  var derivation: String {
    switch self {
    case .oneTimeCodes: "hash"
    case .auditChain: "audit"
    case .links: "derive"
    case .clientSecrets: "shared/client-secrets"
    }
  }

  init?(owner: String, use: String) {
    guard let key = Self.allCases.first(where: { $0.owner == owner && $0.use == use }) else { return nil }
    self = key
  }
}

extension ServiceKeys {
  /// These keys with those that were written down, which come before derived ones.
  ///
  /// - Parameter rows: of this service and shared ones; data keys among them are left to who uses them.
  /// - Throws: `.otherEncryptionKey` if they are sealed under another service key than this.
  public func keeping(_ rows: [DataKeys.Kept]) throws(KeyFailure) -> ServiceKeys {
    var kept: [PersistedKey: SymmetricKey] = [:]
    for row in rows {
      guard let bytes = try? sealer(of: row.owner).open(Array(row.sealed), context: row.context) else {
        throw .otherEncryptionKey
      }
      if let key = PersistedKey(owner: row.owner, use: row.use) { kept[key] = SymmetricKey(data: bytes) }
    }
    return keeping(kept)
  }

  /// Seals and opens keys that are written down.
  func sealer(of owner: String) -> Sealer {
    Sealer(current: owner == "shared" ? sharedKeyEncryption : keyEncryption)
  }
}

extension DataKeys.Kept {
  var context: String { DataKeys.context(owner: owner, use: use) }
}
