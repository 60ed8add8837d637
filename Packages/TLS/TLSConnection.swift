import CLibssl
import NIOCore

/// One connection (`SSL`) between two buffers in memory: ciphertext received and ciphertext to send. It never blocks,
/// and knows nothing of channels.
///
/// libssl's error queue belongs to the thread, which other connections share: it is emptied before each call.
final class TLSConnection {
  enum Read {
    /// Something was decrypted into the buffer.
    case some
    /// What has arrived so far is not a whole record.
    case needsMore
    /// The peer's `close_notify`: nothing follows.
    case ended
  }

  private let ssl: OpaquePointer
  // Both belong to `ssl`.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  /// Keeps the callbacks of its keys alive.
  private let context: TLSContext

  init(_ context: TLSContext) throws(TLSFailure) {
    ERR_clear_error()
    guard let ssl = SSL_new(context.handle) else { throw .fromQueue() }
    let (first, second) = (BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
    guard let incoming = first, let outgoing = second else {
      BIO_free(first)
      BIO_free(second)
      SSL_free(ssl)
      throw .fromQueue()
    }
    // An empty buffer means "later", not the end: only `close_notify` is an end.
    CLibssl_BIO_set_mem_eof_return(incoming, -1)
    SSL_set_bio(ssl, incoming, outgoing)
    if context.role == .client { SSL_set_connect_state(ssl) } else { SSL_set_accept_state(ssl) }
    self.ssl = ssl
    self.incoming = incoming
    self.outgoing = outgoing
    self.context = context
  }

  deinit { SSL_free(ssl) }

  /// Call this before the handshake: sets the server name to send, and what the server's certificate is checked
  /// against.
  func setHost(_ host: TLSHost) throws(TLSFailure) {
    ERR_clear_error()
    let parameters = SSL_get0_param(ssl)
    let isSet =
      switch host.kind {
      case .name(let name):
        CLibssl_SSL_set_tlsext_host_name(ssl, name) == 1
          && X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1
      case .address(let bytes): X509_VERIFY_PARAM_set1_ip(parameters, bytes, bytes.count) == 1
      }
    X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    guard isSet else { throw .fromQueue(ssl) }
  }

  /// The name of a client's pre-shared key, once the client has sent it. Proven when the handshake is over.
  var claimedIdentity: String? { SSL_get_psk_identity(ssl).flatMap { String(validatingCString: $0) } }

  /// Bytes of ciphertext to send.
  var outgoingCount: Int { BIO_ctrl_pending(outgoing) }

  /// Bytes that arrived and were not handed on, of ciphertext or plaintext; what libssl holds of an incomplete record
  /// does not count.
  var readableCount: Int { BIO_ctrl_pending(incoming) + Int(SSL_pending(ssl)) }

  // MARK: Ciphertext

  func receive(_ bytes: ByteBuffer) throws(TLSFailure) {
    guard bytes.readableBytes > 0 else { return }
    ERR_clear_error()
    var count = 0
    let result = bytes.withUnsafeReadableBytes { BIO_write_ex(incoming, $0.baseAddress, $0.count, &count) }
    guard result == 1, count == bytes.readableBytes else { throw .fromQueue(ssl) }
  }

  /// All ciphertext to send; nil if there is none.
  func takeOutgoing(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
    let pending = outgoingCount
    guard pending > 0 else { return nil }
    var bytes = allocator.buffer(capacity: pending)
    bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { space in
      var count = 0
      return BIO_read_ex(outgoing, space.baseAddress, pending, &count) == 1 ? count : 0
    }
    return bytes
  }

  // MARK: Steps

  /// Proceeds as far as the received bytes allow. Returns whether the handshake is over.
  func handshake() throws(TLSFailure) -> Bool {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 { return true }
    return try waits(result)
  }

  /// Decrypts at most one record into the buffer's free space, of which there must be some.
  func read(into bytes: inout ByteBuffer) throws(TLSFailure) -> Read {
    ERR_clear_error()
    var result: Int32 = 0
    bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { space in
      var count = 0
      result = SSL_read_ex(ssl, space.baseAddress, space.count, &count)
      return result == 1 ? count : 0
    }
    if result == 1 { return .some }
    if SSL_get_error(ssl, result) == SSL_ERROR_ZERO_RETURN { return .ended }
    _ = try waits(result)
    return .needsMore
  }

  /// Encrypts the next slice of the buffer and moves past it. False if something must arrive first: one of the peer's
  /// messages (RFC 8446 §4.6) is incomplete.
  func write(_ bytes: inout ByteBuffer) throws(TLSFailure) -> Bool {
    guard bytes.readableBytes > 0 else { return true }
    ERR_clear_error()
    var count = 0
    let result = bytes.withUnsafeReadableBytes {
      SSL_write_ex(ssl, $0.baseAddress, min($0.count, TLSLimits.slice), &count)
    }
    guard result == 1 else { return try waits(result) }
    bytes.moveReaderIndex(forwardBy: count)
    return true
  }

  /// Sends `close_notify`, unless it was sent. Errors are ignored: the connection is ending anyway.
  func shutdown() {
    ERR_clear_error()
    _ = SSL_shutdown(ssl)
    ERR_clear_error()
  }

  /// False if libssl waits for more from the peer; everything else is a failure.
  private func waits(_ result: Int32) throws(TLSFailure) -> Bool {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
    // A `close_notify` during the handshake means the same as hanging up.
    case SSL_ERROR_ZERO_RETURN: throw .truncated
    default: throw .fromQueue(ssl)
    }
  }
}
