import Encodings
public import Foundation

/// The source of unpredictable bytes. Services are given one, so that a test can pass in a repeatable source.
public protocol Randomness: Sendable {
  /// `count` bytes, unpredictable in every conformer but the one for tests.
  func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's generator (getrandom on Linux), safe for keys and tokens.
public struct SystemRandomness: Randomness {
  public init() {}

  public func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes = [UInt8]()
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}

extension Randomness {
  /// A 256-bit random token as base64url text without padding (43 characters). At rest it is kept as its SHA-256.
  public func token() -> String { Base64URL.encode(bytes(32)) }

  /// A random UUID (version 4, RFC 9562 section 5.4).
  public func uuid() -> UUID { UUID(fromRandom: bytes(16)) }

  /// A number from 0 up to, not including, `bound`, each equally likely. `bound` is between 1 and 256.
  ///
  /// Bytes at or above the greatest multiple of `bound` are thrown away: taking them modulo `bound` would make the low
  /// numbers likelier.
  public func number(below bound: Int) -> Int {
    precondition((1...256).contains(bound), "a bound is between 1 and 256")
    let limit = 256 - 256 % bound
    while true {
      for byte in bytes(8) where Int(byte) < limit { return Int(byte) % bound }
    }
  }
}

extension UUID {
  /// A UUID of version 4 (RFC 9562 section 5.4) whose random bits are the first 122 that matter of these 16 bytes or
  /// more.
  package init(fromRandom bytes: [UInt8]) {
    var b = bytes
    b[6] = (b[6] & 0x0F) | 0x40
    b[8] = (b[8] & 0x3F) | 0x80
    self.init(
      uuid: (b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]))
  }
}
