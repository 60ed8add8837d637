/// Reads MessagePack's values one after the other, where their order is known: an envelope's parts. Every length is
/// checked against the bytes that are there before it is used. A tape's parser moves along the bytes with it as well.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// The bytes that follow.
  var remaining: Int { bytes.count - position }

  func fail(_ reason: WireError.Reason) -> WireError { WireError(reason, at: "byte \(position)") }

  /// Whether an array's header comes next.
  var isAtArray: Bool {
    guard let tag = peek else { return false }
    return (0x90...0x9F).contains(tag) || tag == 0xDC || tag == 0xDD
  }

  /// Reads a nil, if one comes next.
  mutating func null() -> Bool {
    guard peek == 0xC0 else { return false }
    position += 1
    return true
  }

  /// An array's number of elements. Each takes at least a byte: a larger count is refused.
  mutating func array() throws(WireError) -> Int {
    let tag = try number(UInt8.self)
    let count =
      switch tag {
      case 0x90...0x9F: Int(tag & 0x0F)
      case 0xDC: Int(try number(UInt16.self))
      case 0xDD: Int(try number(UInt32.self))
      default: throw mismatch("an array")
      }
    guard count <= remaining else { throw fail(.truncated) }
    return count
  }

  mutating func unsigned() throws(WireError) -> UInt64 {
    switch try number(UInt8.self) {
    case let small where small <= 0x7F: return UInt64(small)
    case 0xCC: return UInt64(try number(UInt8.self))
    case 0xCD: return UInt64(try number(UInt16.self))
    case 0xCE: return UInt64(try number(UInt32.self))
    case 0xCF: return try number(UInt64.self)
    default: throw mismatch("an integer")
    }
  }

  mutating func string() throws(WireError) -> String {
    let tag = try number(UInt8.self)
    let count =
      switch tag {
      case 0xA0...0xBF: Int(tag & 0x1F)
      case 0xD9: Int(try number(UInt8.self))
      case 0xDA: Int(try number(UInt16.self))
      case 0xDB: Int(try number(UInt32.self))
      default: throw mismatch("a string")
      }
    guard let text = String(validating: try take(count), as: UTF8.self) else { throw fail(.invalidUTF8) }
    return text
  }

  mutating func binary() throws(WireError) -> UnsafeRawBufferPointer {
    let count =
      switch try number(UInt8.self) {
      case 0xC4: Int(try number(UInt8.self))
      case 0xC5: Int(try number(UInt16.self))
      case 0xC6: Int(try number(UInt32.self))
      default: throw mismatch("binary data")
      }
    return try take(count)
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func mismatch(_ expected: String) -> WireError {
    fail(.mismatch(expected: expected, found: "something else"))
  }

  /// The next bytes, where they lie.
  mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard count <= remaining else { throw fail(.truncated) }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(WireError) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= remaining else { throw fail(.truncated) }
    defer { position += size }
    return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
  }
}
