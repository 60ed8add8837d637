@preconcurrency internal import Crypto
internal import Foundation
internal import Libcrypto

/// The private half, by algorithm.
enum KeyMaterial: Sendable {
  case pkcs1(RSAPrivateKey)
  case pss(RSAPrivateKey)
  case p256(P256.Signing.PrivateKey)
  case p384(P384.Signing.PrivateKey)
  case ed25519(Curve25519.Signing.PrivateKey)

  static func generate(_ algorithm: SigningAlgorithm) throws(KeyFailure) -> KeyMaterial {
    do {
      return switch algorithm {
      case .rs256: .pkcs1(try RSAPrivateKey.generate(bits: 2048))
      case .ps256: .pss(try RSAPrivateKey.generate(bits: 2048))
      case .es256: .p256(P256.Signing.PrivateKey())
      case .es384: .p384(P384.Signing.PrivateKey())
      case .edDSA: .ed25519(Curve25519.Signing.PrivateKey())
      }
    } catch {
      throw .signing
    }
  }

  init(_ bytes: [UInt8], _ algorithm: SigningAlgorithm) throws(KeyFailure) {
    do {
      self =
        switch algorithm {
        // The initializer refuses keys under 2048 bits.
        case .rs256: .pkcs1(try RSAPrivateKey(der: bytes))
        case .ps256: .pss(try RSAPrivateKey(der: bytes))
        case .es256: .p256(try P256.Signing.PrivateKey(derRepresentation: bytes))
        case .es384: .p384(try P384.Signing.PrivateKey(derRepresentation: bytes))
        case .edDSA: .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: bytes))
        }
    } catch {
      throw .malformed
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .pkcs1(let rsa), .pss(let rsa): rsa.der
    case .p256(let key): Array(key.derRepresentation)
    case .p384(let key): Array(key.derRepresentation)
    case .ed25519(let key): Array(key.rawRepresentation)
    }
  }

  var publicMaterial: PublicKeyMaterial {
    switch self {
    case .pkcs1(let rsa): .pkcs1(rsa.publicKey)
    case .pss(let rsa): .pss(rsa.publicKey)
    case .p256(let key): .p256(key.publicKey)
    case .p384(let key): .p384(key.publicKey)
    case .ed25519(let key): .ed25519(key.publicKey)
    }
  }

  func signature(for input: [UInt8]) throws -> [UInt8] {
    switch self {
    // RFC 7518 §3.3.
    case .pkcs1(let rsa): try rsa.signature(for: input, .pkcs1)
    // RFC 7518 §3.5: MGF1 with the same hash, and a salt as long as it.
    case .pss(let rsa): try rsa.signature(for: input, .pss)
    // RFC 7518 §3.4: r and s, each as long as the curve's order.
    case .p256(let key): Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
    case .p384(let key): Array(try key.signature(for: SHA384.hash(data: input)).rawRepresentation)
    // RFC 8037 §3.1: of the message itself.
    case .ed25519(let key): Array(try key.signature(for: input))
    }
  }
}
