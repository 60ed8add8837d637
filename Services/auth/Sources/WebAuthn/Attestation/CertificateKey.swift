internal import Crypto
internal import _CryptoExtras
internal import X509

extension VerificationKey {
  /// An attestation certificate's key for the algorithm that the statement names: they have to agree as a
  /// credential's do.
  init(certificate: Certificate, algorithm: Algorithm) throws(Refusal) {
    let key = certificate.publicKey
    let material: Material? =
      switch algorithm {
      case .es256: P256.Signing.PublicKey(key).map(Material.p256)
      case .es384: P384.Signing.PublicKey(key).map(Material.p384)
      case .es512: P521.Signing.PublicKey(key).map(Material.p521)
      case .eddsa: Curve25519.Signing.PublicKey(key).map(Material.ed25519)
      case .rs256: _RSA.Signing.PublicKey(key).map(Material.rsa)
      }
    guard let material else { throw .attestationAlgorithmMismatch }
    if case .rsa(let rsa) = material, !Material.modulusBits.contains(rsa.keySizeInBits) { throw .keyModulusRefused }
    self.init(algorithm: algorithm, material: material)
  }
}
