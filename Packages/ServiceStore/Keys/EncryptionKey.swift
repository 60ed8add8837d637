@preconcurrency import Crypto
import Encodings
import Foundation
public import LatchkeyProtocol
public import ServiceKit

/// Why a text or file is no encryption key.
public enum KeyFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case tooShort(bytes: Int)
  case placeholder
  case malformedServiceKey
  case malformedSharedKey
  /// The service's key is not the one that the data is sealed with.
  case otherEncryptionKey

  public var description: String {
    switch self {
    case .tooShort(let bytes):
      "ENCRYPTION_KEY has \(bytes) bytes; it needs at least \(EncryptionKey.minimumBytes), for example from: openssl rand -base64 32"
    case .placeholder:
      "ENCRYPTION_KEY is still the placeholder \(EncryptionKey.placeholder); set a key of your own, for example from: openssl rand -base64 32"
    case .malformedServiceKey:
      "SERVICE_KEY must be 32 bytes as base64url text (43 characters)"
    case .malformedSharedKey:
      "SHARED_KEY must be 32 bytes as base64url text (43 characters)"
    case .otherEncryptionKey:
      "The data is sealed with another encryption key than this service was started with. Was it changed by `latchkey encryption-key-rotate`? Start everything again with the new one."
    }
  }
}

/// The one key that an operator keeps. Everything secret at rest depends on it; no service ever sees it, only the key
/// derived for that service (HKDF-SHA256, RFC 5869).
public struct EncryptionKey: Sendable {
  /// Shorter keys are refused.
  public static let minimumBytes = 16
  /// What example files carry; it is not accepted as a key.
  public static let placeholder = "CHANGEME"

  private let key: SymmetricKey

  public init(_ bytes: [UInt8]) throws(KeyFailure) {
    if Self.isPlaceholder(bytes) { throw .placeholder }
    guard bytes.count >= Self.minimumBytes else { throw .tooShort(bytes: bytes.count) }
    key = SymmetricKey(data: bytes)
  }

  /// Whether the bytes are the placeholder, with or without a line end.
  public static func isPlaceholder(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) == placeholder
  }

  /// 32 random bytes as base64url text: what a generated key file holds.
  public static func generate(from randomness: some Randomness) -> String { randomness.token() }

  /// 32 bytes kept beside the data, which reveal a wrong key before anything is touched and nothing about the right
  /// one.
  public var checkValue: [UInt8] { Derivation.bytes(from: key, info: "check") }

  /// The keys of one service: auth, oidc or admin.
  public func keys(for service: Peer) -> ServiceKeys {
    ServiceKeys(
      service: service, key: Derivation.key(from: key, info: "service/\(service.rawValue)"),
      sharedKey: Derivation.key(from: key, info: "shared"))
  }

  /// The password of a service's database role, 64 hexadecimal characters.
  public func databasePassword(for service: Peer) -> Secret {
    Secret(Hexadecimal.text(Derivation.bytes(from: key, info: "database/\(service.rawValue)")))
  }
}

/// HKDF-SHA256 with this project's salt; the info names the use.
enum Derivation {
  static func key(from key: SymmetricKey, info: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, salt: Array("latchkey".utf8), info: Array(info.utf8), outputByteCount: 32)
  }

  static func bytes(from key: SymmetricKey, info: String) -> [UInt8] {
    Self.key(from: key, info: info).withUnsafeBytes { Array($0) }
  }
}
