internal import Crypto
internal import CryptoExtras
internal import Foundation

/// A public key with its name and its one algorithm: it verifies nothing that claims another.
public struct VerificationKey: Sendable {
  /// The `kid`.
  public let id: String
  public let algorithm: SigningAlgorithm
  public let jwk: PublicJWK
  private let material: PublicKeyMaterial

  /// A key as published (RFC 7517).
  public init(jwk: PublicJWK) throws(KeyFailure) {
    try self.init(id: jwk.id, algorithm: jwk.algorithm, material: PublicKeyMaterial(jwk))
  }

  init(id: String, algorithm: SigningAlgorithm, material: PublicKeyMaterial) throws(KeyFailure) {
    self.id = id
    self.algorithm = algorithm
    self.material = material
    jwk = PublicJWK(id: id, algorithm: algorithm, parameters: try material.parameters())
  }

  package func accepts(_ signature: [UInt8], for input: some Collection<UInt8>) -> Bool {
    let digest = SHA256.hash(data: Array(input))
    switch material {
    case .rsa(let key):
      return key.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
    case .p256(let key):
      // RFC 7518 §3.4: exactly 64 bytes; a DER signature is refused here.
      guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: digest)
    }
  }
}

/// The public half, by algorithm.
enum PublicKeyMaterial: Sendable {
  case rsa(_RSA.Signing.PublicKey)
  case p256(P256.Signing.PublicKey)

  init(_ jwk: PublicJWK) throws(KeyFailure) {
    func part(_ name: String) throws(KeyFailure) -> [UInt8] {
      guard let bytes = jwk.parameters[name].flatMap({ Base64URL.decode($0) }), !bytes.isEmpty else { throw .malformed }
      return bytes
    }
    switch jwk.algorithm {
    case .rs256:
      guard jwk.parameters["kty"] == "RSA" else { throw .malformed }
      let modulus = try part("n")
      let exponent = try part("e")
      // 2048 to 4096 bits without leading zeros, and the exponent that everybody uses: 1 and 3 are attacks.
      guard (256...512).contains(modulus.count), let first = modulus.first, first >= 0x80, exponent == [1, 0, 1] else {
        throw .malformed
      }
      do { self = .rsa(try _RSA.Signing.PublicKey(n: modulus, e: exponent)) } catch { throw .malformed }
    case .es256:
      guard jwk.parameters["kty"] == "EC", jwk.parameters["crv"] == "P-256" else { throw .malformed }
      let x = try part("x")
      let y = try part("y")
      guard x.count == 32, y.count == 32 else { throw .malformed }
      do { self = .p256(try P256.Signing.PublicKey(rawRepresentation: x + y)) } catch { throw .malformed }
    }
  }

  /// The members of RFC 7518 §6 for this key: public ones only.
  func parameters() throws(KeyFailure) -> [String: String] {
    switch self {
    case .rsa(let key):
      guard let primitives = try? key.getKeyPrimitives() else { throw .malformed }
      // RFC 7518 §6.3.1.1: no leading zero bytes.
      return [
        "kty": "RSA", "n": Base64URL.encode(primitives.modulus.drop { $0 == 0 }),
        "e": Base64URL.encode(primitives.publicExponent.drop { $0 == 0 }),
      ]
    case .p256(let key):
      let raw = key.rawRepresentation
      return [
        "kty": "EC", "crv": "P-256", "x": Base64URL.encode(raw.prefix(32)), "y": Base64URL.encode(raw.suffix(32)),
      ]
    }
  }
}
