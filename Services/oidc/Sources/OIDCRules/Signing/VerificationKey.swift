/// A public key with its name and its one algorithm: it verifies nothing that claims another.
public struct VerificationKey: Sendable {
  /// The `kid`.
  public let id: String
  public let algorithm: SigningAlgorithm
  public let jwk: PublicJWK
  private let material: PublicKeyMaterial
  private let accepted = AcceptedSignatures()

  /// A key as published (RFC 7517).
  public init(jwk: PublicJWK) throws(KeyFailure) {
    self.init(id: jwk.id, algorithm: jwk.algorithm, material: try PublicKeyMaterial(jwk))
  }

  init(id: String, algorithm: SigningAlgorithm, material: PublicKeyMaterial) {
    self.id = id
    self.algorithm = algorithm
    self.material = material
    jwk = PublicJWK(id: id, algorithm: algorithm, parameters: material.parameters())
  }

  package func accepts(_ signature: [UInt8], for input: some Collection<UInt8>) -> Bool {
    let input = Array(input)
    return accepted.accepts(signature, for: input) { material.accepts(signature, for: input) }
  }
}
