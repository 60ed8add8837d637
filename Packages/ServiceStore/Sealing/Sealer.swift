@preconcurrency public import Crypto
import Foundation
public import ServiceKit

/// Why sealed bytes could not be opened. It says nothing about the content.
public enum SealFailure: Error, Sendable, Equatable {
  /// Too short, or of a format this version does not know.
  case malformed
  /// Sealed under a key that we do not have.
  case unknownKey
  /// The key is ours, but the bytes or the context are not those that were sealed.
  case notAuthentic
}

/// Seals bytes at rest with AES-256-GCM, naming the key inside, bound to a context.
///
/// Layout: version 1 (one byte) | key id (four bytes) | random (24 bytes) | ciphertext | tag (16 bytes). The first
/// twelve random bytes make this message's own key, the other twelve are the nonce: one key may then seal without a
/// practical limit, where plain GCM with random nonces would wear out after 2³² messages. Version, key id and context
/// are authenticated.
public struct Sealer: Sendable {
  private let current: SymmetricKey
  private let keys: [[UInt8]: SymmetricKey]
  private let randomness: any Randomness

  /// The id of the key that new bytes are sealed under, four bytes.
  public let keyID: [UInt8]

  /// - Parameters:
  ///   - current: 32 bytes; seals from now on.
  ///   - previous: keys that still open while one replaces the other.
  public init(
    current: SymmetricKey, previous: [SymmetricKey] = [], randomness: any Randomness = SystemRandomness()
  ) {
    self.current = current
    self.randomness = randomness
    keyID = Self.identifier(of: current)
    keys = Dictionary(
      (previous + [current]).map { (Self.identifier(of: $0), $0) }, uniquingKeysWith: { _, later in later })
  }

  /// - Parameter context: what these bytes are for and whose they are (`"signing-key/" + id`); opening needs the same.
  public func seal(_ bytes: [UInt8], context: String) throws(SealFailure) -> [UInt8] {
    let header = [Self.version] + keyID
    let random = randomness.bytes(Self.randomCount)
    do {
      let box = try AES.GCM.seal(
        bytes, using: Self.messageKey(current, random), nonce: AES.GCM.Nonce(data: random.suffix(12)),
        authenticating: header + Array(context.utf8))
      return header + random + box.ciphertext + box.tag
    } catch {
      // The sizes above are fixed, so this is unreachable short of a broken library.
      throw .malformed
    }
  }

  /// The bytes that were sealed under this context.
  public func open(_ sealed: [UInt8], context: String) throws(SealFailure) -> [UInt8] {
    let prefix = Self.headerCount + Self.randomCount
    guard sealed.count >= prefix + Self.tagCount, sealed[0] == Self.version else { throw .malformed }
    let header = Array(sealed[..<Self.headerCount])
    guard let key = keys[Array(header.dropFirst())] else { throw .unknownKey }
    let random = Array(sealed[Self.headerCount..<prefix])
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: random.suffix(12)), ciphertext: sealed[prefix..<(sealed.count - Self.tagCount)],
        tag: sealed.suffix(Self.tagCount))
      return Array(
        try AES.GCM.open(box, using: Self.messageKey(key, random), authenticating: header + Array(context.utf8)))
    } catch {
      throw .notAuthentic
    }
  }

  private static let version: UInt8 = 1
  private static let headerCount = 5
  private static let randomCount = 24
  private static let tagCount = 16

  private static func identifier(of key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array("key-id".utf8), using: key).prefix(4))
  }

  private static func messageKey(_ key: SymmetricKey, _ random: [UInt8]) -> SymmetricKey {
    HKDF<SHA256>.expand(
      pseudoRandomKey: key, info: Array("message".utf8) + random.prefix(12), outputByteCount: 32)
  }
}
