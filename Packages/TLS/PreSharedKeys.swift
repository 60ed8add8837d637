import CLibssl

// TLS with a pre-shared key: authentic and private without certificates, and forward secret.
//
// TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 (RFC 7905 §2) in TLS 1.2 and nothing else: there is nothing to negotiate,
// so a handshake fails for one reason only: a different key.

/// A client that authenticates with a key, and requires the server to hold the same one.
public struct PreSharedKeyClient: Sendable {
  private let context: TLSContext

  /// - Parameters:
  ///   - identity: the key's name (RFC 4279 §2): 1 to 128 bytes of UTF-8, no NUL. It is sent in clear.
  ///   - key: exactly 32 bytes.
  /// - Throws: ``TLSFailure/other(_:)`` for another length of either.
  public init(identity: String, key: [UInt8]) throws(TLSFailure) {
    guard (1...128).contains(identity.utf8.count), !identity.utf8.contains(0) else {
      throw .other("A pre-shared key's identity has 1 to 128 bytes.")
    }
    guard key.count == TLSLimits.preSharedKey else { throw .other("A pre-shared key has 32 bytes.") }
    let secrets = PreSharedKeys(identity: identity) { _ in key }
    context = try TLSContext(.client, secrets: secrets) { handle in
      SSL_CTX_set_psk_client_callback(handle) { ssl, _, identity, longestIdentity, place, room in
        guard let secrets = PreSharedKeys.of(ssl), let identity else { return 0 }
        let bytes = Array(secrets.identity.utf8) + [0]
        guard bytes.count <= Int(longestIdentity) else { return 0 }
        for (index, byte) in bytes.enumerated() { identity[index] = CChar(bitPattern: byte) }
        return secrets.copyKey(of: secrets.identity, to: place, room)
      }
      return PreSharedKeys.configure(handle)
    }
  }

  /// A handler for one connection.
  public func handler() throws(TLSFailure) -> TLSHandler { TLSHandler(try TLSConnection(context)) }
}

/// A server that identifies its clients by their keys. One instance is enough for all connections.
public struct PreSharedKeyServer: Sendable {
  private let context: TLSContext

  /// - Parameter key: the 32 bytes that belong to an identity, which is untrusted text of at most 256 bytes; nil
  ///   refuses it. Called on event loops: it must not block.
  public init(key: @escaping @Sendable (_ identity: String) -> [UInt8]?) throws(TLSFailure) {
    context = try TLSContext(.server, secrets: PreSharedKeys(identity: "", key: key)) { handle in
      SSL_CTX_set_psk_server_callback(handle) { ssl, identity, place, room in
        guard let secrets = PreSharedKeys.of(ssl), let identity,
          let text = String(validatingCString: identity)
        else { return 0 }
        return secrets.copyKey(of: text, to: place, room)
      }
      return PreSharedKeys.configure(handle)
    }
  }

  /// A handler for one connection; ``TLSHandler/identity`` says whose key was used.
  public func handler() throws(TLSFailure) -> TLSHandler { TLSHandler(try TLSConnection(context)) }
}

/// What libssl's callbacks ask.
final class PreSharedKeys: Sendable {
  /// A client's own.
  let identity: String
  private let key: @Sendable (String) -> [UInt8]?

  init(identity: String, key: @escaping @Sendable (String) -> [UInt8]?) {
    self.identity = identity
    self.key = key
  }

  static func of(_ ssl: OpaquePointer?) -> PreSharedKeys? {
    guard let ssl, let address = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) else { return nil }
    return Unmanaged<PreSharedKeys>.fromOpaque(address).takeUnretainedValue()
  }

  static func configure(_ handle: OpaquePointer) -> Bool {
    // There are no certificates: holding the key is the proof.
    SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
    return CLibssl_SSL_CTX_set_max_proto_version(handle, TLS1_2_VERSION) == 1
      && SSL_CTX_set_cipher_list(handle, "ECDHE-PSK-CHACHA20-POLY1305") == 1
  }

  /// The number of bytes that were written, 0 to refuse.
  func copyKey(of identity: String, to place: UnsafeMutablePointer<UInt8>?, _ room: UInt32) -> UInt32 {
    guard let key = key(identity), key.count == TLSLimits.preSharedKey, key.count <= Int(room), let place else {
      return 0
    }
    place.update(from: key, count: key.count)
    return UInt32(key.count)
  }
}
