import Foundation

/// Bytes on the wire: the order of map keys, and the layout of fixed-width numbers.
enum ByteOrder {
  /// Byte by byte; if one is a prefix of the other, the shorter comes first.
  static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
    if let a = one.baseAddress, let b = other.baseAddress {
      let difference = memcmp(a, b, min(one.count, other.count))
      if difference != 0 { return Int(difference) }
    }
    return one.count - other.count
  }

  /// Overwrites four bytes with a number, big endian.
  static func put(_ number: UInt32, into bytes: inout [UInt8], at position: Int) {
    withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(position..<position + 4, with: $0) }
  }
}
