internal import CLibcrypto

/// How a hash becomes the number that RSA signs (RFC 8017 §8). The hash is SHA-256 wherever this is used.
package enum RSAPadding: Sendable {
  /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2): RS256.
  case pkcs1
  /// RSASSA-PSS (RFC 8017 §8.1) with MGF1 of the same hash and a salt as long as it, no longer and no shorter: PS256.
  case pss

  /// - Parameter settings: an `EVP_PKEY_CTX` of one signature.
  func apply(to settings: OpaquePointer?) -> Bool {
    switch self {
    // libcrypto's default for RSA; keys of other types have no such setting.
    case .pkcs1: true
    // MGF1 uses the same hash unless set otherwise.
    case .pss:
      EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
    }
  }
}

/// Why something is not an RSA key, or could not be used as one.
package enum RSAFailure: Error, Equatable {
  /// Not the encoding of an RSA key, or not its shortest one.
  case malformed
  /// The modulus has fewer or more bits than `RSAPublicKey.modulusBits`.
  case size
  /// The modulus is even: a product with 2.
  case modulus
  /// The exponent is even, or outside `RSAPublicKey.exponents`.
  case exponent
  /// The numbers of a private key do not belong together.
  case inconsistent
  /// libcrypto failed at something that otherwise always works: memory or randomness ran out.
  case failed
}
