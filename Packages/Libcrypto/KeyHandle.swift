internal import CLibcrypto

/// A libcrypto key, freed with its last reference.
final class KeyHandle: Sendable {
  // Never changed once it is made; libcrypto signs and verifies with one key on any number of threads, since each
  // signature keeps its state in its own context.
  nonisolated(unsafe) let pointer: OpaquePointer

  /// - Parameter pointer: an `EVP_PKEY` that this handle owns and frees.
  init(owning pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }

  /// Whether `signature` is this key's over `message`.
  ///
  /// - Parameter digest: nil for an algorithm that has its own (Ed25519).
  func accepts(
    _ signature: [UInt8], over message: [UInt8], digest: Digest?, padding: RSAPadding = .pkcs1
  ) -> Bool {
    quietly {
      guard let context = EVP_MD_CTX_new() else { return false }
      defer { EVP_MD_CTX_free(context) }
      var settings: OpaquePointer?
      guard EVP_DigestVerifyInit(context, &settings, digest?.algorithm, nil, pointer) == 1,
        padding.apply(to: settings)
      else { return false }
      return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
  }

  /// One of the key's numbers, by libcrypto's name for it.
  func number(_ name: String) -> BigNumber? {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else { return nil }
    return BigNumber(owning: number)
  }
}

/// A hash function of signatures.
enum Digest {
  case sha256, sha384, sha512

  fileprivate var algorithm: OpaquePointer? {
    switch self {
    case .sha256: EVP_sha256()
    case .sha384: EVP_sha384()
    case .sha512: EVP_sha512()
    }
  }
}
