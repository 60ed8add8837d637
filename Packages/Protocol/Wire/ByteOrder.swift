import Foundation

/// Bytes on the wire: how map keys are ordered, and how numbers of a fixed width lie.
enum ByteOrder {
  /// Byte by byte, the shorter first where one begins the other.
  static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
    if let a = one.baseAddress, let b = other.baseAddress {
      let difference = memcmp(a, b, min(one.count, other.count))
      if difference != 0 { return Int(difference) }
    }
    return one.count - other.count
  }

  /// Writes a number over four bytes, big endian.
  static func put(_ number: UInt32, into bytes: inout [UInt8], at position: Int) {
    withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(position..<position + 4, with: $0) }
  }
}
