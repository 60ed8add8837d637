internal import CLibcrypto
internal import _CryptoExtras
internal import Foundation

/// An RSA private key. It is kept and published by swift-crypto, and signs by the system's libcrypto, of which the driver of
/// the database brings a copy anyway.
///
/// A token signed with RSA costs hardly anything but the signature. swift-crypto's BoringSSL makes 1,100 of 2,048 bits per
/// second and core, libcrypto 2,170 on a processor with AVX-512 IFMA, and as many as BoringSSL on one without.
final class RSAPrivateKey: Sendable {
  enum Padding { case pkcs1, pss }

  let key: _RSA.Signing.PrivateKey
  // Never changed once it is made; libcrypto signs with one key on any number of threads.
  private nonisolated(unsafe) let handle: OpaquePointer

  init(_ key: _RSA.Signing.PrivateKey) throws(KeyFailure) {
    let der = Array(key.derRepresentation)
    let handle = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_AutoPrivateKey(nil, &start, bytes.count)
    }
    guard let handle else { throw .malformed }
    self.key = key
    self.handle = handle
  }

  deinit { EVP_PKEY_free(handle) }

  /// The signature of the input's SHA-256 (RFC 7518 §3.3 and §3.5).
  func signature(for input: [UInt8], _ padding: Padding) throws(KeyFailure) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .signing }
    defer { EVP_MD_CTX_free(context) }
    var settings: OpaquePointer?
    guard EVP_DigestSignInit(context, &settings, EVP_sha256(), nil, handle) == 1 else { throw .signing }
    if padding == .pss {
      // MGF1 is with the same hash unless it is said otherwise; the salt is as long as it.
      guard EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1,
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
      else { throw .signing }
    }
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(handle)))
    var length = signature.count
    guard EVP_DigestSign(context, &signature, &length, input, input.count) == 1, length == signature.count else {
      throw .signing
    }
    return signature
  }
}
