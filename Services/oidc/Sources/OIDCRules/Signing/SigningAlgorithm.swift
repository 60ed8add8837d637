internal import Crypto
internal import CryptoExtras
internal import Foundation

/// The algorithms that we sign with and believe (RFC 7518 §3.1). `none` is not one, and there is no default: a new one is
/// a case here, and the compiler names the three places that have to know it (hash, `KeyMaterial`, `PublicKeyMaterial`).
public enum SigningAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
  /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits. The one that every relying party has to know (Core §15.1).
  case rs256 = "RS256"
  /// ECDSA on P-256 with SHA-256.
  case es256 = "ES256"

  /// The hash that belongs to the algorithm.
  func hash(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .rs256, .es256: Array(SHA256.hash(data: Data(bytes)))
    }
  }
}
