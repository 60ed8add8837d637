import CLibssl

/// Why a connection could not be protected, or no longer is.
///
/// ``TLSHandler`` fires it through the pipeline at most once, and closes the channel; every write that has not left by
/// then fails with it. Network errors (`IOError`) are not included.
public enum TLSFailure: Error, Sendable, Equatable {
  /// No trusted authority vouches for the peer's certificate, or it is not valid for a server; with libssl's reason.
  case notTrusted(String)
  /// The certificate is issued for another name or address (RFC 9525 §6).
  case otherName
  /// The certificate, or one that vouches for it, has expired.
  case expired
  /// The peer does not speak TLS.
  case notTLS
  /// The peer ended the connection with this alert (RFC 8446 §6.2), for example "bad record mac".
  case refused(alert: String)
  /// The connection ended without the peer's `close_notify` (RFC 8446 §6.1): the data received may be truncated.
  case truncated
  /// Anything else, in libssl's words or ours.
  case other(String)
}

extension TLSFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notTrusted(let reason): "The certificate is not trusted: \(reason)."
    case .otherName: "The certificate is made out to another name."
    case .expired: "The certificate has expired."
    case .notTLS: "The peer does not speak TLS."
    case .refused(let alert): "The peer refused: \(alert)."
    case .truncated: "The connection ended without a close_notify."
    case .other(let reason): reason
    }
  }
}

extension TLSFailure {
  /// From libssl's error queue, which it empties. libssl's own oldest error is the cause; libcrypto's errors before it
  /// are its details (a signature that does not fit), and others after it say where it was met.
  ///
  /// - Parameter ssl: the connection, where there is one: it knows what was wrong with a certificate.
  static func fromQueue(_ ssl: OpaquePointer? = nil) -> TLSFailure {
    let oldest = ERR_get_error()
    guard oldest != 0 else { return .other("libssl failed without a reason.") }
    var code = oldest
    while code != 0, ERR_GET_LIB(code) != ERR_LIB_SSL { code = ERR_get_error() }
    ERR_clear_error()
    if code == 0 { code = oldest }
    let reason = ERR_GET_REASON(code)
    if ERR_GET_LIB(code) == ERR_LIB_SSL {
      switch reason {
      case SSL_R_CERTIFICATE_VERIFY_FAILED: return verification(ssl)
      // The data begins like a record of a nonexistent version, or like HTTP.
      case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .notTLS
      // The alert's number, added to the reasons that are libssl's own.
      case SSL_AD_REASON_OFFSET..<(SSL_AD_REASON_OFFSET + 256):
        return .refused(alert: SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET).map(String.init) ?? "unknown")
      default: break
      }
    }
    return .other(ERR_reason_error_string(code).map { String(cString: $0) } ?? "libssl's error \(code)")
  }

  private static func verification(_ ssl: OpaquePointer?) -> TLSFailure {
    let result = ssl.map { SSL_get_verify_result($0) } ?? Int(X509_V_ERR_UNSPECIFIED)
    switch Int32(result) {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: return .otherName
    case X509_V_ERR_CERT_HAS_EXPIRED: return .expired
    default: return .notTrusted(String(cString: X509_verify_cert_error_string(result)))
    }
  }
}
