internal import Crypto
internal import CryptoExtras
internal import Foundation

/// Something was wrong with a key, not with a message.
public enum KeyFailure: Error, Sendable, Equatable {
  /// The bytes are not a key of this algorithm, or a weaker one than we use.
  case malformed
  case signing
}

/// A private key with its name and its one algorithm. Prints as nothing.
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// The `kid`.
  public let id: String
  public let algorithm: SigningAlgorithm
  /// The other half, ready to verify with.
  public let verificationKey: VerificationKey
  private let material: KeyMaterial

  /// A new key. The system's generator is used; RSA takes a good part of a second.
  public static func generate(_ algorithm: SigningAlgorithm, id: String) throws(KeyFailure) -> SigningKey {
    try SigningKey(material: .generate(algorithm), algorithm: algorithm, id: id)
  }

  /// A key that was kept. - Parameter privateDER: what `privateDER` gave.
  public init(privateDER: [UInt8], algorithm: SigningAlgorithm, id: String) throws(KeyFailure) {
    try self.init(material: KeyMaterial(der: privateDER, algorithm), algorithm: algorithm, id: id)
  }

  private init(material: KeyMaterial, algorithm: SigningAlgorithm, id: String) throws(KeyFailure) {
    self.material = material
    self.algorithm = algorithm
    self.id = id
    verificationKey = try VerificationKey(id: id, algorithm: algorithm, material: material.publicMaterial)
  }

  /// The private key, to be sealed at once and never written as it is.
  public var privateDER: [UInt8] { material.der }

  func signature(for input: [UInt8]) throws(KeyFailure) -> [UInt8] {
    do { return try material.signature(for: input) } catch { throw .signing }
  }

  public var description: String { "<redacted \(algorithm.rawValue) key \(id)>" }
  public var customMirror: Mirror { Mirror(self, children: ["id": id, "algorithm": algorithm.rawValue]) }
}

/// The private half, by algorithm.
enum KeyMaterial: Sendable {
  case rsa(_RSA.Signing.PrivateKey)
  case p256(P256.Signing.PrivateKey)

  static func generate(_ algorithm: SigningAlgorithm) throws(KeyFailure) -> KeyMaterial {
    switch algorithm {
    case .rs256: do { return .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048)) } catch { throw .signing }
    case .es256: return .p256(P256.Signing.PrivateKey())
    }
  }

  init(der: [UInt8], _ algorithm: SigningAlgorithm) throws(KeyFailure) {
    do {
      switch algorithm {
      // The initializer refuses keys under 2048 bits.
      case .rs256: self = .rsa(try _RSA.Signing.PrivateKey(derRepresentation: der))
      case .es256: self = .p256(try P256.Signing.PrivateKey(derRepresentation: der))
      }
    } catch {
      throw .malformed
    }
  }

  var der: [UInt8] {
    switch self {
    case .rsa(let key): Array(key.derRepresentation)
    case .p256(let key): Array(key.derRepresentation)
    }
  }

  var publicMaterial: PublicKeyMaterial {
    switch self {
    case .rsa(let key): .rsa(key.publicKey)
    case .p256(let key): .p256(key.publicKey)
    }
  }

  /// RFC 7518 §3.3 (PKCS #1 v1.5), §3.4 (r and s, 32 bytes each).
  func signature(for input: [UInt8]) throws -> [UInt8] {
    switch self {
    case .rsa(let key):
      Array(try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation)
    case .p256(let key): Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
    }
  }
}
