// TLS: one handler for NIO's pipelines around the system's libssl (OpenSSL 3).
//
// Owns: contexts (`TLSClient`, `PreSharedKeyClient`, `PreSharedKeyServer`), whom a certificate must be made out to, the
// connection as a machine between two memory buffers (`TLSConnection`), and its place in a pipeline (`TLSHandler`).
// Must not know: sockets, what is said inside, where keys and trusted certificates come from.

import NIOCore

/// Numbers of this library, each with its reason.
enum TLSLimits {
  /// How long an end waits for the other's `close_notify`, and for its own last bytes to be taken by the kernel, before
  /// it closes all the same. Longer than a round trip anywhere, short beside what stopping may take.
  static let closeWait = TimeAmount.seconds(1)
  /// Bytes in clear that are encrypted, or decrypted, before they are handed on: four of the largest records
  /// (RFC 8446 §5.1). It bounds what a connection's buffers grow to.
  static let slice = 64 << 10
  /// Bytes of a pre-shared key: as many as the cipher's key has.
  static let preSharedKey = 32
}
