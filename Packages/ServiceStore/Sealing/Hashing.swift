@preconcurrency public import Crypto
import Encodings
public import Foundation
import ServiceKit

/// Lookup of secrets without storing them.
public enum Digest {
  /// SHA-256 of the text's UTF-8 bytes: for random tokens of 256 bits, which need no key to be safe at rest.
  public static func sha256(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  /// SHA-256 of the bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}

/// HMAC-SHA256 under a service's hash key: for values that are short or chosen by people (one-time codes, imported
/// secrets), so that a stolen dump without the key cannot be searched.
public struct KeyedHash: Sendable {
  private let key: SymmetricKey

  public init(key: SymmetricKey) { self.key = key }

  /// - Parameter purpose: separates the uses of one key, so that a hash made for one table means nothing in another.
  public func hash(_ text: String, purpose: String) -> [UInt8] {
    var code = HMAC<SHA256>(key: key)
    code.update(data: Array(purpose.utf8))
    code.update(data: [0])
    code.update(data: Array(text.utf8))
    return Array(code.finalize())
  }

  /// An id that the same text makes again, and that no one can make without the key.
  public func uuid(_ text: String, purpose: String) -> UUID { UUID(fromRandom: hash(text, purpose: purpose)) }

  /// Whether `hash` is this text's, compared in constant time.
  public func matches(_ text: String, purpose: String, hash expected: [UInt8]) -> Bool {
    ConstantTime.equal(hash(text, purpose: purpose), expected)
  }
}
