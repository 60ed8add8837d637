internal import CLibcrypto

/// An RSA private key (RFC 8017 §3.2) that is fit to sign with.
///
/// Nearly all the cost of a token signed with RSA is the signature. swift-crypto's BoringSSL makes 1,100 of 2,048 bits
/// per second and core, libcrypto 2,170 on a processor with AVX-512 IFMA, and as many as BoringSSL on one without.
package final class RSAPrivateKey: Sendable {
  /// The longest private key in DER, in bytes: one of the longest modulus has 9.2 KiB, and PKCS#8 adds 26 bytes.
  package static let longest = 16 * 1024

  /// The public half.
  package let publicKey: RSAPublicKey
  private let handle: KeyHandle

  /// A new key of two primes with the exponent 65537.
  ///
  /// It takes a tenth of a second for 2,048 bits, and several for 4,096.
  ///
  /// - Parameter bits: the size of the modulus, within `RSAPublicKey.modulusBits`.
  /// - Throws: `size`; `failed` when randomness runs out.
  package static func generate(bits: Int) throws(RSAFailure) -> RSAPrivateKey {
    guard RSAPublicKey.modulusBits.contains(bits) else { throw .size }
    return try quietly { () throws(RSAFailure) in
      guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw .failed }
      defer { EVP_PKEY_CTX_free(context) }
      var key: OpaquePointer?
      guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, CInt(bits)) == 1,
        EVP_PKEY_generate(context, &key) == 1, let key
      else { throw .failed }
      return try RSAPrivateKey(KeyHandle(owning: key))
    }
  }

  /// Reads a stored key.
  ///
  /// - Parameter der: PKCS#1's RSAPrivateKey (RFC 8017 §A.1.2), which `der` gives, or PKCS#8's PrivateKeyInfo
  ///   (RFC 5208 §5) around it, without attributes; in strict DER, with nothing after it.
  /// - Throws: `malformed` for anything else; `size`, `modulus`, `exponent` as for its public half; `inconsistent` when
  ///   its numbers do not belong together, for example after a bit of a stored key has flipped.
  package convenience init(der: [UInt8]) throws(RSAFailure) {
    guard der.count <= Self.longest, DER.isOneElement(der), let key = Self.withoutWrapping(der) else {
      throw .malformed
    }
    let handle = try quietly { () throws(RSAFailure) in try Self.handle(key) }
    try self.init(handle)
  }

  private init(_ handle: KeyHandle) throws(RSAFailure) {
    let (n, e) = try quietly { () throws(RSAFailure) in
      guard let n = handle.number(OSSL_PKEY_PARAM_RSA_N), let e = handle.number(OSSL_PKEY_PARAM_RSA_E) else {
        throw .malformed
      }
      return (n.bytes, e.bytes)
    }
    self.handle = handle
    publicKey = try RSAPublicKey(modulus: n, exponent: e)
    guard quietly({ handle.numbersBelongTogether() }) else { throw .inconsistent }
  }

  /// PKCS#1's RSAPrivateKey in DER (RFC 8017 §A.1.2): the form in which keys are stored. It is secret.
  package var der: [UInt8] {
    quietly {
      guard let der = encoded({ i2d_PrivateKey(handle.pointer, $0) }) else {
        // A key that was read or made can be written, unless memory runs out: Swift itself would trap then too.
        preconditionFailure("libcrypto does not write an RSA key")
      }
      return der
    }
  }

  /// The signature of the message's SHA-256 (RFC 7518 §3.3 and §3.5), as long as the modulus.
  ///
  /// - Throws: `failed` when memory or, for PSS, randomness runs out.
  package func signature(for message: [UInt8], _ padding: RSAPadding) throws(RSAFailure) -> [UInt8] {
    try quietly { () throws(RSAFailure) in
      guard let context = EVP_MD_CTX_new() else { throw .failed }
      defer { EVP_MD_CTX_free(context) }
      var settings: OpaquePointer?
      guard EVP_DigestSignInit(context, &settings, EVP_sha256(), nil, handle.pointer) == 1,
        padding.apply(to: settings)
      else { throw .failed }
      var signature = [UInt8](repeating: 0, count: publicKey.modulus.count)
      var length = signature.count
      guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1, length == signature.count else {
        throw .failed
      }
      return signature
    }
  }

  /// - Parameter der: PKCS#1's form.
  private static func handle(_ der: [UInt8]) throws(RSAFailure) -> KeyHandle {
    let key = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PrivateKey(EVP_PKEY_RSA, nil, &start, bytes.count)
    }
    guard let key else { throw .malformed }
    let handle = KeyHandle(owning: key)
    // Re-encoded and compared, since libcrypto reads the numbers as unsigned, and stops reading at the end of the key.
    guard EVP_PKEY_is_a(key, "RSA") == 1, encoded({ i2d_PrivateKey(key, $0) }) == der else { throw .malformed }
    return handle
  }

  /// The key in PKCS#1's form, unwrapped from PKCS#8's if necessary; nil for anything else, and for a key with more
  /// than two primes (version 1).
  private static func withoutWrapping(_ der: [UInt8]) -> [UInt8]? {
    guard var members = DERReader(der[...]).sequence(), members.next(DER.Tag.integer)?.elementsEqual([0]) == true else {
      return nil
    }
    guard let algorithm = members.next(DER.Tag.sequence) else { return der }
    // rsaEncryption and NULL (RFC 3279 §2.3.1). A key that is restricted to PSS has another name.
    let expected: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]
    guard algorithm.elementsEqual(expected), let inside = members.next(DER.Tag.octetString), members.isAtEnd,
      DER.isOneElement(Array(inside)), var numbers = DERReader(inside).sequence(),
      numbers.next(DER.Tag.integer)?.elementsEqual([0]) == true, numbers.next(DER.Tag.integer) != nil
    else { return nil }
    return Array(inside)
  }
}

/// The output of one of libcrypto's encoders.
///
/// - Parameter encode: an `i2d_` function: asked with nil for the length, then with room for it.
func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt) -> [UInt8]? {
  let length = encode(nil)
  guard length > 0 else { return nil }
  var written: CInt = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
    var end = buffer.baseAddress
    written = encode(&end)
    count = written == length ? Int(length) : 0
  }
  return written == length ? bytes : nil
}
