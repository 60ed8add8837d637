import Foundation

/// The order of map keys on the wire: byte by byte, the shorter first where one begins the other.
enum ByteOrder {
  static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
    if let a = one.baseAddress, let b = other.baseAddress {
      let difference = memcmp(a, b, min(one.count, other.count))
      if difference != 0 { return Int(difference) }
    }
    return one.count - other.count
  }
}
