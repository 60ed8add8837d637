import CLibssl

/// What many connections share (`SSL_CTX`).
final class TLSContext: Sendable {
  enum Role { case client, server }

  let role: Role
  // Set up before it is shared and never changed after; libssl makes connections of one context on any number of
  // threads.
  nonisolated(unsafe) let handle: OpaquePointer
  /// Kept here for the callbacks, which reach it by its address.
  private let secrets: PreSharedKeys?

  /// Speaks TLS 1.2 or newer unless `configure` says otherwise.
  ///
  /// - Parameter configure: sets up the rest; returning false fails with the error in libssl's queue.
  init(
    _ role: Role, secrets: PreSharedKeys? = nil, _ configure: (OpaquePointer) -> Bool
  ) throws(TLSFailure) {
    ERR_clear_error()
    guard let handle = SSL_CTX_new(role == .client ? TLS_client_method() : TLS_server_method()) else {
      throw .fromQueue()
    }
    self.role = role
    self.handle = handle
    self.secrets = secrets
    // An idle connection keeps no record's buffer (two of 17 KiB). A write that had to wait is retried from wherever
    // its bytes are by then.
    CLibssl_SSL_CTX_set_mode(handle, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    // No session is resumed here, so none is cached. A second handshake on a connection serves only attackers.
    CLibssl_SSL_CTX_set_session_cache_mode(handle, Int(SSL_SESS_CACHE_OFF))
    SSL_CTX_set_options(handle, CLibssl_SSL_OP_NO_RENEGOTIATION() | CLibssl_SSL_OP_NO_TICKET())
    if let secrets { SSL_CTX_set_ex_data(handle, 0, Unmanaged.passUnretained(secrets).toOpaque()) }
    guard CLibssl_SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) == 1, configure(handle) else {
      throw .fromQueue()
    }
  }

  deinit { SSL_CTX_free(handle) }
}
