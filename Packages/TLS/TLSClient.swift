import CLibssl

/// A client that holds servers' certificates against whom it trusts and whom it means to reach (RFC 9525). TLS 1.2 or
/// newer.
public struct TLSClient: Sendable {
  /// Whose word on a certificate counts.
  public enum Trust: Sendable, Equatable {
    /// The system's roots: `SSL_CERT_FILE` and `SSL_CERT_DIR`, or else what libssl was built for.
    case system
    /// The certificates in this file (PEM), instead of the system's.
    case file(String)
  }

  private let context: TLSContext

  /// Reads the trusted certificates, which may take milliseconds and is not repeated: a changed file needs a new
  /// client.
  /// - Throws: ``TLSFailure/other(_:)`` if they cannot be read.
  public static func verifying(_ trust: Trust = .system) throws(TLSFailure) -> TLSClient {
    let context = try TLSContext(.client) { handle in
      SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
      return switch trust {
      case .system: SSL_CTX_set_default_verify_paths(handle) == 1
      case .file(let path): SSL_CTX_load_verify_file(handle, path) == 1
      }
    }
    return TLSClient(context: context)
  }

  /// Protects against nobody but those who only listen: whoever is on the way may be the server. For servers in one's
  /// own house that have a certificate of their own making, and only where an operator chose it.
  public static func acceptingAnyCertificate() throws(TLSFailure) -> TLSClient {
    TLSClient(
      context: try TLSContext(.client) { handle in
        SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        return true
      })
  }

  /// A handler for one connection.
  ///
  /// - Parameter host: whom the certificate must be made out to, where certificates count; a name is sent to the
  ///   server. A certificate's wildcard stands for one whole label; without any name for servers in it, its subject's
  ///   counts.
  public func handler(to host: TLSHost) throws(TLSFailure) -> TLSHandler {
    let connection = try TLSConnection(context)
    try connection.setHost(host)
    return TLSHandler(connection)
  }
}
