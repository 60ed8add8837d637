@preconcurrency public import Crypto
import Encodings
public import LatchkeyProtocol
import ServiceKit

/// What one service derives from its own key. Each use has a key of its own, so that a value made for one is worthless
/// to another.
public struct ServiceKeys: Sendable {
  /// The service that these keys belong to.
  public let service: Peer
  private let key: SymmetricKey
  private let sharedKey: SymmetricKey
  /// Those that were written down.
  private var kept: [PersistedKey: SymmetricKey] = [:]

  init(service: Peer, key: SymmetricKey, sharedKey: SymmetricKey) {
    self.service = service
    self.key = key
    self.sharedKey = sharedKey
  }

  func keeping(_ kept: [PersistedKey: SymmetricKey]) -> ServiceKeys {
    var keys = self
    keys.kept = kept
    return keys
  }

  /// A key that outlives ENCRYPTION_KEY: as it was written down, or else derived.
  func kept(_ key: PersistedKey) -> SymmetricKey {
    kept[key] ?? Derivation.key(from: key.service == nil ? sharedKey : self.key, info: key.derivation)
  }

  /// - Parameters:
  ///   - text: `SERVICE_KEY`: 32 bytes as base64url text without padding.
  ///   - shared: `SHARED_KEY`, of the same form.
  public init(service: Peer, text: Secret, shared: Secret) throws(KeyFailure) {
    guard let bytes = Base64URL.decode(text.exposed), bytes.count == 32 else { throw .malformedServiceKey }
    guard let sharedBytes = Base64URL.decode(shared.exposed), sharedBytes.count == 32 else { throw .malformedSharedKey }
    self.init(service: service, key: SymmetricKey(data: bytes), sharedKey: SymmetricKey(data: sharedBytes))
  }

  /// The shared key as `SHARED_KEY` carries it.
  public var sharedText: Secret { Secret(Base64URL.encode(sharedKey.withUnsafeBytes { Array($0) })) }

  /// The key of one use that several services share: one of them seals or hashes, another opens or compares.
  ///
  /// - Parameter use: such as `outbox` or `settings`. What is sealed under it is sealed again when ENCRYPTION_KEY
  ///   changes (`Reseal`).
  public func shared(_ use: String) -> SymmetricKey { Derivation.key(from: sharedKey, info: "shared/\(use)") }

  /// The key that hashes client secrets chosen by a person, as bytes: for rules that know no key types.
  public var clientSecrets: [UInt8] { kept(.clientSecrets).withUnsafeBytes { Array($0) } }

  /// Seals keys that several services share.
  var sharedKeyEncryption: SymmetricKey { Derivation.key(from: sharedKey, info: "shared/key-encryption") }

  /// The service key as `SERVICE_KEY` carries it.
  public var text: Secret { Secret(Base64URL.encode(key.withUnsafeBytes { Array($0) })) }

  /// The pre-shared key of connections between this service and a peer, 32 bytes.
  public func transport(_ peer: Peer) -> [UInt8] { Derivation.bytes(from: key, info: "transport/\(peer.rawValue)") }

  /// Seals data keys and other secrets at rest.
  public var keyEncryption: SymmetricKey { Derivation.key(from: key, info: "key-encryption") }

  /// Hashes values that are short or chosen by people.
  public var hash: SymmetricKey { kept(.oneTimeCodes) }

  /// Seals state that the browser carries.
  public var carried: SymmetricKey { Derivation.key(from: key, info: "carried-state") }

  /// Seals the record (`AuditChain`).
  var audit: SymmetricKey { kept(.auditChain) }

  /// Makes values that must come out the same for years: sign-up links.
  public var links: SymmetricKey { kept(.links) }

  /// Makes what must be returned again for the same request id (design section 3), from what was presented. It changes
  /// with ENCRYPTION_KEY: nothing that is retried within a minute is retried after that.
  public var derive: SymmetricKey { Derivation.key(from: key, info: "derive") }
}
