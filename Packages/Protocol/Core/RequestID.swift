import Encodings
import Foundation

/// 16 random bytes that name one HTTP request, constant across retries.
///
/// Code that consumes something once records this id with it: the same id repeats the outcome, another id is reuse.
public struct RequestID: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// A new one from the system's randomness.
  public init() {
    var source = SystemRandomNumberGenerator()
    high = source.next()
    low = source.next()
  }

  /// From exactly 16 bytes; nil for any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// From 32 hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    guard let bytes = Hexadecimal.bytes(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// The 16 bytes, as they are stored beside what the request consumed.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      for index in 0..<8 {
        buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index)))
        buffer[index + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(index)))
      }
      count = 16
    }
  }
}

extension RequestID: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String { Hexadecimal.text(bytes) }
}

extension RequestID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = RequestID(bytes: try container.decode(Data.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a request id has 16 bytes")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes))
  }
}
