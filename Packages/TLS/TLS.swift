// TLS: one handler for NIO's pipelines around the system's libssl (OpenSSL 3).
//
// Owns: contexts (`TLSClient`, `PreSharedKeyClient`, `PreSharedKeyServer`), the host that a certificate must be issued
// for, the connection as a machine between two memory buffers (`TLSConnection`), and its place in a pipeline
// (`TLSHandler`). Must not know: sockets, the protocol inside, where keys and trusted certificates come from.

import NIOCore

/// Numbers of this library, each with its reason.
enum TLSLimits {
  /// How long one side waits for the other's `close_notify`, and for the kernel to take its own last bytes, before it
  /// closes anyway. Longer than any round trip, short compared with the time that stopping may take.
  static let closeWait = TimeAmount.seconds(1)
  /// Plaintext bytes that are encrypted, or decrypted, before they are handed on: four of the largest records
  /// (RFC 8446 §5.1). It limits how large a connection's buffers grow.
  static let slice = 64 << 10
  /// Bytes of a pre-shared key: as many as the cipher's key has.
  static let preSharedKey = 32
}
