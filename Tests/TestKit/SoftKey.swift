@preconcurrency package import Crypto
package import Libcrypto

/// A credential's or certificate's key pair, for each algorithm that a browser may be asked for.
package struct SoftKey: Sendable {
  package enum Secret: Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case rsa(RSAPrivateKey)
  }

  /// COSE's number of the algorithm.
  package let algorithm: Int
  package let secret: Secret

  /// The numbers that `make` knows.
  package static let algorithms = [-7, -8, -35, -36, -257]

  /// One RSA key for the whole run: making one takes a tenth of a second and more.
  private static let rsa = Result { try RSAPrivateKey.generate(bits: 2048) }

  package static func make(_ algorithm: Int) throws -> SoftKey {
    switch algorithm {
    case -8: SoftKey(algorithm: algorithm, secret: .ed25519(Curve25519.Signing.PrivateKey()))
    case -35: SoftKey(algorithm: algorithm, secret: .p384(P384.Signing.PrivateKey()))
    case -36: SoftKey(algorithm: algorithm, secret: .p521(P521.Signing.PrivateKey()))
    case -257: SoftKey(algorithm: algorithm, secret: .rsa(try rsa.get()))
    default: SoftKey(algorithm: -7, secret: .p256(P256.Signing.PrivateKey()))
    }
  }

  /// The signature in the form that WebAuthn asks for: DER for ECDSA, raw for the others.
  package func sign(_ message: [UInt8]) throws -> [UInt8] {
    switch secret {
    case .p256(let key): Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
    case .p384(let key): Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
    case .p521(let key): Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
    case .ed25519(let key): Array(try key.signature(for: message))
    case .rsa(let key): try key.signature(for: message, .pkcs1)
    }
  }

  /// The public key as a COSE_Key, in CTAP 2's canonical order.
  package func cose() throws -> SoftCBOR {
    switch secret {
    case .p256(let key): Self.elliptic(algorithm, 1, Array(key.publicKey.x963Representation))
    case .p384(let key): Self.elliptic(algorithm, 2, Array(key.publicKey.x963Representation))
    case .p521(let key): Self.elliptic(algorithm, 3, Array(key.publicKey.x963Representation))
    case .ed25519(let key):
      .map([
        (.int(1), .int(1)), (.int(3), .int(algorithm)), (.int(-1), .int(6)),
        (.int(-2), .bytes(Array(key.publicKey.rawRepresentation))),
      ])
    case .rsa(let key): Self.rsa(algorithm, key.publicKey)
    }
  }

  private static func elliptic(_ algorithm: Int, _ curve: Int, _ point: [UInt8]) -> SoftCBOR {
    let width = (point.count - 1) / 2
    return .map([
      (.int(1), .int(2)), (.int(3), .int(algorithm)), (.int(-1), .int(curve)),
      (.int(-2), .bytes(Array(point[1...width]))), (.int(-3), .bytes(Array(point[(width + 1)...]))),
    ])
  }

  private static func rsa(_ algorithm: Int, _ key: RSAPublicKey) -> SoftCBOR {
    .map([
      (.int(1), .int(3)), (.int(3), .int(algorithm)), (.int(-1), .bytes(key.modulus)),
      (.int(-2), .bytes(key.exponent)),
    ])
  }
}
