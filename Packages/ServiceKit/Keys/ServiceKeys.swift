public import Crypto
public import LatchkeyProtocol

/// What one service derives from its own key. Each use has a key of its own, so that a value made for one is worthless to another.
public struct ServiceKeys: Sendable {
  /// The service that these keys belong to.
  public let service: Peer
  private let key: SymmetricKey
  private let sharedKey: SymmetricKey

  init(service: Peer, key: SymmetricKey, sharedKey: SymmetricKey) {
    self.service = service
    self.key = key
    self.sharedKey = sharedKey
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

  /// The key of one use that several services share: what one of them seals or hashes, another opens or compares.
  ///
  /// - Parameter use: such as `outbox` or `client-secrets`.
  public func shared(_ use: String) -> SymmetricKey { Derivation.key(from: sharedKey, info: "shared/\(use)") }

  /// The same as bytes, for rules that know no key types.
  public func sharedBytes(_ use: String) -> [UInt8] { Derivation.bytes(from: sharedKey, info: "shared/\(use)") }

  /// The service key as `SERVICE_KEY` carries it.
  public var text: Secret { Secret(Base64URL.encode(key.withUnsafeBytes { Array($0) })) }

  /// The pre-shared key of connections between this service and a peer, 32 bytes.
  public func transport(_ peer: Peer) -> [UInt8] { Derivation.bytes(from: key, info: "transport/\(peer.rawValue)") }

  /// Seals data keys and other secrets at rest.
  public var keyEncryption: SymmetricKey { Derivation.key(from: key, info: "key-encryption") }

  /// Hashes what is short or chosen by people.
  public var hash: SymmetricKey { Derivation.key(from: key, info: "hash") }

  /// Seals state that the browser carries.
  public var carried: SymmetricKey { Derivation.key(from: key, info: "carried-state") }

  /// Seals the record (`AuditChain`).
  var audit: SymmetricKey { Derivation.key(from: key, info: "audit") }

  /// Makes what must be given again for the same request id (design section 3), from what was presented.
  public var derive: SymmetricKey { Derivation.key(from: key, info: "derive") }
}
