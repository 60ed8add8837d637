internal import Crypto
internal import Libcrypto

extension VerificationKey {
  /// An attestation certificate's key for the algorithm that the statement names: they have to agree as a
  /// credential's do.
  init(certificate: Certificate, algorithm: Algorithm) throws(Refusal) {
    let material: Material
    do {
      material =
        switch (algorithm, certificate.publicKey) {
        case (.es256, .p256(let point)): .p256(try P256.Signing.PublicKey(x963Representation: point))
        case (.es384, .p384(let point)): .p384(try P384.Signing.PublicKey(x963Representation: point))
        case (.es512, .p521(let point)): .p521(try P521.Signing.PublicKey(x963Representation: point))
        case (.eddsa, .ed25519(let point)): .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: point))
        case (.rs256, .rsa(let key)): .rsa(key)
        default: throw Refusal.attestationAlgorithmMismatch
        }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      // The certificate reader has already refused points that are not on their curve; Crypto could still disagree.
      throw .certificateMalformed
    }
    if case .rsa(let rsa) = material, !Material.modulusBits.contains(rsa.sizeInBits) { throw .keyModulusRefused }
    self.init(algorithm: algorithm, material: material)
  }
}
