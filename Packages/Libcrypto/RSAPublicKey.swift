internal import CLibcrypto

/// An RSA public key (RFC 8017 §3.1) that is fit to verify signatures with.
///
/// Keys are equal when modulus and exponent are.
package struct RSAPublicKey: Sendable, Hashable {
  /// Sizes of a modulus, in bits. Smaller keys are broken; libcrypto refuses to verify with larger ones. Callers that
  /// take untrusted keys set a lower maximum, to limit what a verification may cost.
  package static let modulusBits = 2048...16_384
  /// Exponents, of which only the odd ones can be inverted. Small ones (1 makes every message its own signature, 3
  /// forgives no mistake in padding) are refused as FIPS 186-5 §5.1 and RFC 8230 §6.1 do; long ones make verifying
  /// slow.
  package static let exponents: ClosedRange<UInt64> = 65_537...4_294_967_295

  /// The modulus n, big-endian, without leading zeros.
  package let modulus: [UInt8]
  /// The exponent e, big-endian, without leading zeros.
  package let exponent: [UInt8]
  private let handle: KeyHandle

  /// - Parameters:
  ///   - modulus: big-endian, without leading zeros.
  ///   - exponent: likewise.
  /// - Throws: `malformed` for leading zeros, `size`, `modulus`, `exponent`; `failed` when memory runs out.
  package init(modulus: [UInt8], exponent: [UInt8]) throws(RSAFailure) {
    guard let top = modulus.first, top != 0, let bottom = modulus.last, let first = exponent.first, first != 0 else {
      throw .malformed
    }
    guard Self.modulusBits.contains(Self.bits(modulus)) else { throw .size }
    guard bottom & 1 == 1 else { throw .modulus }
    guard exponent.count <= 8 else { throw .exponent }
    let number = exponent.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard number & 1 == 1, Self.exponents.contains(number) else { throw .exponent }
    self.modulus = modulus
    self.exponent = exponent
    handle = try quietly { () throws(RSAFailure) in try Self.handle(modulus, exponent) }
  }

  /// The size of the modulus, in bits.
  package var sizeInBits: Int { Self.bits(modulus) }

  /// Whether `signature` is this key's over `message`, by its SHA-256.
  ///
  /// A signature is exactly as long as the modulus (RFC 8017 §8.1.2 and §8.2.2, step 1), and none is shortened.
  package func accepts(_ signature: [UInt8], for message: [UInt8], _ padding: RSAPadding) -> Bool {
    accepts(signature, for: message, padding, .sha256)
  }

  func accepts(_ signature: [UInt8], for message: [UInt8], _ padding: RSAPadding, _ digest: Digest) -> Bool {
    // Checked here, since libcrypto accepts PSS signatures without leading zeros.
    guard signature.count == modulus.count else { return false }
    return handle.accepts(signature, over: message, digest: digest, padding: padding)
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.modulus == other.modulus && one.exponent == other.exponent
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(modulus)
    hasher.combine(exponent)
  }

  private static func bits(_ modulus: [UInt8]) -> Int {
    modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
  }

  private static func handle(_ modulus: [UInt8], _ exponent: [UInt8]) throws(RSAFailure) -> KeyHandle {
    guard let n = BigNumber(modulus), let e = BigNumber(exponent), let builder = OSSL_PARAM_BLD_new() else {
      throw .failed
    }
    defer { OSSL_PARAM_BLD_free(builder) }
    guard OSSL_PARAM_BLD_push_BN(builder, libcrypto_rsa_n(), n.pointer) == 1,
      OSSL_PARAM_BLD_push_BN(builder, libcrypto_rsa_e(), e.pointer) == 1,
      let parameters = OSSL_PARAM_BLD_to_param(builder)
    else { throw .failed }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw .failed }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, libcrypto_public_key(), parameters) == 1, let key
    else { throw .failed }
    return KeyHandle(owning: key)
  }
}
