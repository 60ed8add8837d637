internal import CLibcrypto

/// An algorithm with its parameters (RFC 5280 §4.1.1.2), as a certificate names it.
struct Algorithm {
  enum Parameters: Equatable {
    case absent, null
    case named(OID)
    case other
  }

  let oid: OID
  let parameters: Parameters

  init(_ algorithm: UnsafePointer<X509_ALGOR>) {
    var object: OpaquePointer?
    var type: CInt = 0
    var value: UnsafeRawPointer?
    X509_ALGOR_get0(&object, &type, &value, algorithm)
    oid = object.map { OID($0) } ?? OID(content: [])
    parameters =
      switch type {
      case V_ASN1_UNDEF: .absent
      case V_ASN1_NULL: .null
      case V_ASN1_OBJECT: value.map { .named(OID(OpaquePointer($0))) } ?? .other
      default: .other
      }
  }
}

/// The algorithms of certificates' signatures that are known here.
package enum SignatureAlgorithm: Sendable {
  /// PKCS#1 v1.5 (RFC 4055 §5). Certificates with SHA-1 are read, since a trust anchor may be self-signed with it, but
  /// `isSigned` is never true for them: SHA-1 collisions are feasible.
  case rsaSHA1, rsaSHA256, rsaSHA384, rsaSHA512
  /// RFC 5758 §3.2.
  case ecdsaSHA256, ecdsaSHA384, ecdsaSHA512
  /// RFC 8410 §3.
  case ed25519

  /// Whether the hash is SHA-1.
  package var usesSHA1: Bool { self == .rsaSHA1 }

  var isECDSA: Bool { [.ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512].contains(self) }

  init?(_ algorithm: Algorithm) {
    let (known, mayHaveNull): (Self, Bool)
    switch algorithm.oid {
    case [1, 2, 840, 113549, 1, 1, 5]: (known, mayHaveNull) = (.rsaSHA1, true)
    case [1, 2, 840, 113549, 1, 1, 11]: (known, mayHaveNull) = (.rsaSHA256, true)
    case [1, 2, 840, 113549, 1, 1, 12]: (known, mayHaveNull) = (.rsaSHA384, true)
    case [1, 2, 840, 113549, 1, 1, 13]: (known, mayHaveNull) = (.rsaSHA512, true)
    case [1, 2, 840, 10045, 4, 3, 2]: (known, mayHaveNull) = (.ecdsaSHA256, false)
    case [1, 2, 840, 10045, 4, 3, 3]: (known, mayHaveNull) = (.ecdsaSHA384, false)
    case [1, 2, 840, 10045, 4, 3, 4]: (known, mayHaveNull) = (.ecdsaSHA512, false)
    case [1, 3, 101, 112]: (known, mayHaveNull) = (.ed25519, false)
    default: return nil
    }
    // RFC 4055 §5: RSA's parameters are NULL, and leaving them out means the same.
    guard algorithm.parameters == .absent || mayHaveNull && algorithm.parameters == .null else { return nil }
    self = known
  }
}

/// A certificate's public key, in the form that its verifier needs.
package enum PublicKey: Sendable {
  /// A point of the curve in X9.63's uncompressed form: 04, x and y (RFC 5480 §2.2).
  case p256([UInt8])
  case p384([UInt8])
  case p521([UInt8])
  /// 32 bytes (RFC 8410 §4).
  case ed25519([UInt8])
  case rsa(RSAPublicKey)

  init(_ algorithm: Algorithm, _ bits: [UInt8]) throws(CertificateFailure) {
    switch (algorithm.oid, algorithm.parameters) {
    case ([1, 2, 840, 10045, 2, 1], .named([1, 2, 840, 10045, 3, 1, 7])): self = .p256(try Self.point(bits, 32))
    case ([1, 2, 840, 10045, 2, 1], .named([1, 3, 132, 0, 34])): self = .p384(try Self.point(bits, 48))
    case ([1, 2, 840, 10045, 2, 1], .named([1, 3, 132, 0, 35])): self = .p521(try Self.point(bits, 66))
    case ([1, 3, 101, 112], .absent):
      guard bits.count == 32 else { throw .malformed }
      self = .ed25519(bits)
    // RFC 3279 §2.3.1.
    case ([1, 2, 840, 113549, 1, 1, 1], .null): self = .rsa(try Self.rsa(bits))
    default: throw .unsupported
    }
  }

  private static func point(_ bits: [UInt8], _ width: Int) throws(CertificateFailure) -> [UInt8] {
    guard bits.first == 0x04, bits.count == 1 + 2 * width else { throw .malformed }
    return bits
  }

  /// PKCS#1's RSAPublicKey (RFC 8017 §A.1.1).
  private static func rsa(_ bits: [UInt8]) throws(CertificateFailure) -> RSAPublicKey {
    guard DER.isOneElement(bits), var members = DERReader(bits[...]).sequence(),
      let n = members.next(DER.Tag.integer), let e = members.next(DER.Tag.integer), members.isAtEnd,
      let high = n.first, high < 0x80, let first = e.first, first < 0x80
    else { throw .malformed }
    do {
      // An integer that is not negative may begin with one zero.
      return try RSAPublicKey(modulus: Array(n.drop { $0 == 0 }), exponent: Array(e.drop { $0 == 0 }))
    } catch {
      throw .malformed
    }
  }
}
