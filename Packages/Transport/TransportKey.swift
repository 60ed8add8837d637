package import LatchkeyProtocol
import NIOCore
import NIOCore
package import NIOSSL
import Synchronization

/// The 32 bytes that one peer and one service share. It prints as `<redacted>`.
public struct TransportKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  fileprivate let bytes: [UInt8]

  /// Nil unless there are exactly 32 bytes: a short key could be guessed, a long one is cut by TLS stacks.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  public var description: String { "<redacted>" }
  public var debugDescription: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }

  fileprivate var secureBytes: NIOSSLSecureBytes {
    var secure = NIOSSLSecureBytes()
    secure.append(bytes)
    return secure
  }
}

/// TLS with a pre-shared key: authentic and private without certificates, and forward secret.
package enum PreSharedKeyTLS {
  /// TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 (RFC 7905 §2), which NIOSSL has no name for.
  private static let cipher = NIOTLSCipher(rawValue: 0xCCAC)

  private struct UnknownPeer: Error {}

  /// A client's side: the peer's name is the identity.
  package static func client(_ peer: Peer, _ key: TransportKey) throws -> NIOSSLContext {
    var configuration = base()
    configuration.pskClientProvider = { _ in
      PSKClientIdentityResponse(key: key.secureBytes, identity: peer.rawValue)
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// A server's side, one context per connection, since the callback is the only place that tells the identity. What it
  /// notes is only proven once the handshake has ended, that is, once decrypted bytes arrive.
  static func server(_ keys: [Peer: TransportKey], identity: IdentityNote) throws -> NIOSSLContext {
    var configuration = base()
    configuration.pskServerProvider = { context in
      guard let peer = Peer(rawValue: context.clientIdentity), let key = keys[peer] else { throw UnknownPeer() }
      identity.note(peer)
      return PSKServerIdentityResponse(key: key.secureBytes)
    }
    return try NIOSSLContext(configuration: configuration)
  }

  private static func base() -> TLSConfiguration {
    var configuration = TLSConfiguration.makePreSharedKeyConfiguration()
    // BoringSSL has pre-shared keys of this kind in TLS 1.2 only.
    configuration.minimumTLSVersion = .tlsv12
    configuration.maximumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = [cipher]
    // There are no certificates: holding the key is the proof.
    configuration.certificateVerification = .none
    configuration.shutdownTimeout = .seconds(1)
    return configuration
  }
}

/// Which peer's key a connection's handshake was done with.
final class IdentityNote: Sendable {
  private let state = Mutex<Peer?>(nil)

  var peer: Peer? { state.withLock { $0 } }

  func note(_ peer: Peer) { state.withLock { $0 = peer } }
}
