package import LatchkeyProtocol
package import TLS

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
}

/// Peers in TLS: the peer's name is the identity of its key.
package enum PreSharedKeyTLS {
  package static func client(_ peer: Peer, _ key: TransportKey) throws(TLSFailure) -> PreSharedKeyClient {
    try PreSharedKeyClient(identity: peer.rawValue, key: key.bytes)
  }

  static func server(_ keys: [Peer: TransportKey]) throws(TLSFailure) -> PreSharedKeyServer {
    try PreSharedKeyServer { identity in Peer(rawValue: identity).flatMap { keys[$0] }?.bytes }
  }
}
