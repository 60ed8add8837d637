/// Something was wrong with a key, not with a message.
public enum KeyFailure: Error, Sendable, Equatable {
  /// The bytes are not a key of this algorithm, or the key is weaker than those that we use.
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

  /// A new key from the system's generator; RSA takes a good part of a second, on the calling thread.
  public static func generate(_ algorithm: SigningAlgorithm, id: String) throws(KeyFailure) -> SigningKey {
    SigningKey(material: try .generate(algorithm), algorithm: algorithm, id: id)
  }

  /// A stored key. - Parameter privateBytes: what `privateBytes` returned.
  public init(privateBytes: [UInt8], algorithm: SigningAlgorithm, id: String) throws(KeyFailure) {
    self.init(material: try KeyMaterial(privateBytes, algorithm), algorithm: algorithm, id: id)
  }

  private init(material: KeyMaterial, algorithm: SigningAlgorithm, id: String) {
    self.material = material
    self.algorithm = algorithm
    self.id = id
    verificationKey = VerificationKey(id: id, algorithm: algorithm, material: material.publicMaterial)
  }

  /// The private key, to be sealed at once and never written unsealed: DER, or for Ed25519 the seed's 32 bytes.
  public var privateBytes: [UInt8] { material.bytes }

  func signature(for input: [UInt8]) throws(KeyFailure) -> [UInt8] {
    do { return try material.signature(for: input) } catch { throw .signing }
  }

  public var description: String { "<redacted \(algorithm.rawValue) key \(id)>" }
  public var customMirror: Mirror { Mirror(self, children: ["id": id, "algorithm": algorithm.rawValue]) }
}
