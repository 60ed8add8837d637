@preconcurrency internal import Crypto
import Encodings
internal import Foundation
internal import Libcrypto

/// The public half, by algorithm.
enum PublicKeyMaterial: Sendable {
  case pkcs1(RSAPublicKey)
  case pss(RSAPublicKey)
  case p256(P256.Signing.PublicKey)
  case p384(P384.Signing.PublicKey)
  case ed25519(Curve25519.Signing.PublicKey)

  init(_ jwk: PublicJWK) throws(KeyFailure) {
    switch jwk.algorithm {
    case .rs256: self = .pkcs1(try Self.rsa(jwk))
    case .ps256: self = .pss(try Self.rsa(jwk))
    case .es256:
      let point = try Self.point(jwk, bytes: 32)
      do { self = .p256(try P256.Signing.PublicKey(rawRepresentation: point)) } catch { throw .malformed }
    case .es384:
      let point = try Self.point(jwk, bytes: 48)
      do { self = .p384(try P384.Signing.PublicKey(rawRepresentation: point)) } catch { throw .malformed }
    case .edDSA:
      // RFC 8037 §2.
      guard jwk.parameters["kty"] == "OKP", jwk.parameters["crv"] == jwk.algorithm.curve else { throw .malformed }
      let x = try Self.part("x", of: jwk)
      guard x.count == 32 else { throw .malformed }
      do { self = .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: x)) } catch { throw .malformed }
    }
  }

  func accepts(_ signature: [UInt8], for input: [UInt8]) -> Bool {
    switch self {
    case .pkcs1(let key):
      return key.accepts(signature, for: input, .pkcs1)
    case .pss(let key):
      return key.accepts(signature, for: input, .pss)
    // RFC 7518 §3.4: exactly 64 or 96 bytes; a DER signature is refused here.
    case .p256(let key):
      guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: SHA256.hash(data: input))
    case .p384(let key):
      guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: SHA384.hash(data: input))
    case .ed25519(let key): return key.isValidSignature(signature, for: input)
    }
  }

  /// The members of RFC 7518 §6 and RFC 8037 §2 for this key: public ones only.
  func parameters() -> [String: String] {
    switch self {
    case .pkcs1(let key), .pss(let key):
      // RFC 7518 §6.3.1.1: no leading zero bytes, as the key has them.
      return ["kty": "RSA", "n": Base64URL.encode(key.modulus), "e": Base64URL.encode(key.exponent)]
    case .p256(let key): return Self.members(.es256, point: key.rawRepresentation)
    case .p384(let key): return Self.members(.es384, point: key.rawRepresentation)
    case .ed25519(let key):
      return ["kty": "OKP", "crv": "Ed25519", "x": Base64URL.encode(key.rawRepresentation)]
    }
  }

  private static func rsa(_ jwk: PublicJWK) throws(KeyFailure) -> RSAPublicKey {
    guard jwk.parameters["kty"] == "RSA" else { throw .malformed }
    let modulus = try part("n", of: jwk)
    let exponent = try part("e", of: jwk)
    // 2048 to 4096 bits without leading zeros, and the usual exponent: 1 and 3 are attacks.
    guard (256...512).contains(modulus.count), let first = modulus.first, first >= 0x80, exponent == [1, 0, 1] else {
      throw .malformed
    }
    do { return try RSAPublicKey(modulus: modulus, exponent: exponent) } catch { throw .malformed }
  }

  /// x and y, each as long as the curve's field (RFC 7518 §6.2.1.2).
  private static func point(_ jwk: PublicJWK, bytes: Int) throws(KeyFailure) -> [UInt8] {
    guard jwk.parameters["kty"] == "EC", jwk.parameters["crv"] == jwk.algorithm.curve else { throw .malformed }
    let x = try part("x", of: jwk)
    let y = try part("y", of: jwk)
    guard x.count == bytes, y.count == bytes else { throw .malformed }
    return x + y
  }

  private static func part(_ name: String, of jwk: PublicJWK) throws(KeyFailure) -> [UInt8] {
    guard let bytes = jwk.parameters[name].flatMap({ Base64URL.decode($0) }), !bytes.isEmpty else { throw .malformed }
    return bytes
  }

  private static func members(_ algorithm: SigningAlgorithm, point: Data) -> [String: String] {
    [
      "kty": "EC", "crv": algorithm.curve ?? "", "x": Base64URL.encode(point.prefix(point.count / 2)),
      "y": Base64URL.encode(point.suffix(point.count / 2)),
    ]
  }
}
