import CLibssl

/// A client that verifies a server's certificate against the authorities it trusts and the host it means to reach
/// (RFC 9525). TLS 1.2 or newer.
public struct TLSClient: Sendable {
  /// Which authorities are trusted to vouch for a certificate.
  public enum Trust: Sendable, Equatable {
    /// The system's roots: `SSL_CERT_FILE` and `SSL_CERT_DIR`, or else the paths compiled into libssl.
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

  /// Protects only against passive eavesdroppers: anyone on the path may pose as the server. For in-house servers with
  /// a self-signed certificate, and only where an operator chose it.
  public static func acceptingAnyCertificate() throws(TLSFailure) -> TLSClient {
    TLSClient(
      context: try TLSContext(.client) { handle in
        SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        return true
      })
  }

  /// A handler for one connection.
  ///
  /// - Parameter host: the host that the certificate must be issued for, if certificates are verified; a name is sent
  ///   to the server. A certificate's wildcard stands for one whole label; if it has no name for servers, its subject's
  ///   counts.
  public func handler(to host: TLSHost) throws(TLSFailure) -> TLSHandler {
    let connection = try TLSConnection(context)
    try connection.setHost(host)
    return TLSHandler(connection)
  }
}
