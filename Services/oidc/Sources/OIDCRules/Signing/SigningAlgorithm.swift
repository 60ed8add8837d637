internal import Crypto
internal import Foundation

/// The algorithms that we sign with and accept (RFC 7518 §3.1, RFC 8037 §3.1). `none` is not one, and there is no
/// default: a new one is a case here, and the compiler names the places that have to know it (hash, `KeyMaterial`,
/// `PublicKeyMaterial`).
public enum SigningAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
  /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits. The one that every relying party must support (Core §15.1).
  case rs256 = "RS256"
  /// RSASSA-PSS with SHA-256 and MGF1 with SHA-256, 2048 bits.
  case ps256 = "PS256"
  /// ECDSA on P-256 with SHA-256.
  case es256 = "ES256"
  /// ECDSA on P-384 with SHA-384.
  case es384 = "ES384"
  /// Ed25519 (RFC 8032 §5.1); the name is RFC 8037's, which libraries know.
  case edDSA = "EdDSA"

  /// The curve, where the algorithm has one (`crv`: RFC 7518 §6.2.1.1, RFC 8037 §2).
  public var curve: String? {
    switch self {
    case .rs256, .ps256: nil
    case .es256: "P-256"
    case .es384: "P-384"
    case .edDSA: "Ed25519"
    }
  }

  /// The algorithm's hash, of which `at_hash` is the left half (Core §3.1.3.6). EdDSA's name has no hash in it; Ed25519
  /// hashes with SHA-512 (RFC 8032 §5.1), and so do the libraries that compare.
  func hash(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .rs256, .ps256, .es256: Array(SHA256.hash(data: bytes))
    case .es384: Array(SHA384.hash(data: bytes))
    case .edDSA: Array(SHA512.hash(data: bytes))
    }
  }
}
