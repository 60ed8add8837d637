internal import CLibcrypto
internal import Foundation

/// libcrypto's view of a certificate, from which the values are read. Use it only within `quietly`.
struct ParsedCertificate: ~Copyable {
  private let x509: OpaquePointer

  private init(owning x509: OpaquePointer) {
    self.x509 = x509
  }

  /// - Parameter der: one element in strict DER.
  static func read(_ der: [UInt8]) throws(CertificateFailure) -> ParsedCertificate {
    let (x509, consumed) = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      let x509 = d2i_X509(nil, &start, bytes.count)
      return (x509, start.map { bytes.baseAddress?.distance(to: $0) } == bytes.count)
    }
    guard let x509 else { throw .malformed }
    let parsed = ParsedCertificate(owning: x509)
    // Re-encoding reveals default values that should have been left out. The first call invalidates the bytes that
    // libcrypto kept, so that it writes what it parsed.
    guard consumed, i2d_re_X509_tbs(x509, nil) > 0, encoded({ i2d_X509(x509, $0) }) == der else { throw .malformed }
    return parsed
  }

  deinit { X509_free(x509) }

  func version() throws(CertificateFailure) -> Int {
    // Version 1 is written as 0, by leaving it out (RFC 5280 §4.1.2.1).
    let version = X509_get_version(x509)
    guard (0...2).contains(version) else { throw .malformed }
    return version + 1
  }

  func notBefore() throws(CertificateFailure) -> Date { try Self.date(X509_get0_notBefore(x509)) }

  func notAfter() throws(CertificateFailure) -> Date { try Self.date(X509_get0_notAfter(x509)) }

  func issuer() throws(CertificateFailure) -> DistinguishedName {
    try DistinguishedName(x509Name: X509_get_issuer_name(x509))
  }

  func subject() throws(CertificateFailure) -> DistinguishedName {
    try DistinguishedName(x509Name: X509_get_subject_name(x509))
  }

  func extensions() throws(CertificateFailure) -> [Certificate.Extension] {
    var known: Set<OID> = []
    var extensions: [Certificate.Extension] = []
    for place in 0..<max(0, X509_get_ext_count(x509)) {
      let found = X509_get_ext(x509, place)
      guard let name = X509_EXTENSION_get_object(found), let value = X509_EXTENSION_get_data(found) else {
        throw .malformed
      }
      let oid = OID(name)
      // RFC 5280 §4.2: one instance of each.
      guard known.insert(oid).inserted else { throw .malformed }
      extensions.append(
        .init(oid: oid, isCritical: X509_EXTENSION_get_critical(found) > 0, value: contents(of: value)))
    }
    return extensions
  }

  func signatureAlgorithm() throws(CertificateFailure) -> SignatureAlgorithm {
    var outer: UnsafePointer<X509_ALGOR>?
    X509_get0_signature(nil, &outer, x509)
    // RFC 5280 §4.1.1.2: what is signed names the same algorithm as the signature.
    guard let outer, let inner = X509_get0_tbs_sigalg(x509), X509_ALGOR_cmp(outer, inner) == 0 else {
      throw .malformed
    }
    guard let algorithm = SignatureAlgorithm(Algorithm(outer)) else { throw .unsupported }
    return algorithm
  }

  func publicKey() throws(CertificateFailure) -> (PublicKey, KeyHandle) {
    var bytes: UnsafePointer<UInt8>?
    var count: CInt = 0
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    guard X509_PUBKEY_get0_param(nil, &bytes, &count, &algorithm, X509_get_X509_PUBKEY(x509)) == 1, let algorithm else {
      throw .malformed
    }
    let bits = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    let publicKey = try PublicKey(Algorithm(algorithm), bits)
    // libcrypto has read the key too, and refuses a point that is not on its curve.
    guard let key = X509_get0_pubkey(x509), EVP_PKEY_up_ref(key) == 1 else { throw .malformed }
    return (publicKey, KeyHandle(owning: key))
  }

  /// A time in the only forms that RFC 5280 §4.1.2.5 allows: to the second, in UTC, with two digits for the years 1950
  /// to 2049 or with four.
  private static func date(_ time: UnsafePointer<ASN1_TIME>?) throws(CertificateFailure) -> Date {
    guard let time, let epoch = ASN1_TIME_set(nil, 0) else { throw .malformed }
    defer { ASN1_STRING_free(epoch) }
    let text = contents(of: time)
    let digits = ASN1_STRING_type(time) == V_ASN1_UTCTIME ? 12 : 14
    guard text.count == digits + 1, text.last == UInt8(ascii: "Z"),
      text.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { throw .malformed }
    var days: CInt = 0
    var seconds: CInt = 0
    // Refuses dates that do not exist.
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { throw .malformed }
    return Date(timeIntervalSince1970: Double(days) * 86_400 + Double(seconds))
  }
}

/// The bytes of a libcrypto string.
func contents(of string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
  Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
}

extension OID {
  init(_ object: OpaquePointer) {
    self.init(
      content: Array(UnsafeBufferPointer(start: OBJ_get0_data(object), count: OBJ_length(object))))
  }
}
