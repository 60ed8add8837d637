@preconcurrency internal import Crypto
internal import Libcrypto

/// A public key as checked: its type, curve and algorithm agree, it is a valid point or an acceptable modulus, and it
/// verifies signatures of that one algorithm.
package struct VerificationKey: Sendable {
  package let algorithm: Algorithm
  let material: Material

  enum Material: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    case rsa(RSAPublicKey)
  }

  init(algorithm: Algorithm, material: Material) {
    self.algorithm = algorithm
    self.material = material
  }

  /// The checks of §5.8.5 and of the algorithm's own registration.
  package init(_ key: COSEKey, algorithm: Algorithm) throws(Refusal) {
    self.algorithm = algorithm
    material =
      switch algorithm {
      case .es256, .es384, .es512: try Material(elliptic: key, algorithm)
      case .eddsa: try Material(octetPair: key)
      case .rs256: try Material(rsa: key)
      }
  }

  /// Whether `signature` is this key's over `message`.
  ///
  /// ECDSA signatures are DER (§6.5.5), strictly: BER's other encodings, trailing bytes and the raw r‖s are refused,
  /// while a high s is accepted, since no standard asks authenticators for a low one.
  package func verify(_ signature: [UInt8], over message: [UInt8]) throws(Refusal) {
    guard signature.count <= Limit.signature else { throw .signatureMalformed }
    let valid: Bool
    switch material {
    case .p256(let key):
      guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
        throw .signatureMalformed
      }
      valid = key.isValidSignature(parsed, for: SHA256.hash(data: message))
    case .p384(let key):
      guard let parsed = try? P384.Signing.ECDSASignature(derRepresentation: signature) else {
        throw .signatureMalformed
      }
      valid = key.isValidSignature(parsed, for: SHA384.hash(data: message))
    case .p521(let key):
      guard let parsed = try? P521.Signing.ECDSASignature(derRepresentation: signature) else {
        throw .signatureMalformed
      }
      valid = key.isValidSignature(parsed, for: SHA512.hash(data: message))
    case .ed25519(let key):
      valid = key.isValidSignature(signature, for: message)
    case .rsa(let key):
      valid = key.accepts(signature, for: message, .pkcs1)
    }
    guard valid else { throw .signatureInvalid }
  }
}
