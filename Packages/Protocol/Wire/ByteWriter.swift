/// Appends MessagePack's scalars, each in its shortest form.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func null() { bytes.append(0xC0) }

  mutating func bool(_ value: Bool) { bytes.append(value ? 0xC3 : 0xC2) }

  mutating func integer(_ value: Int64) {
    guard value < 0 else { return unsigned(UInt64(value)) }
    switch value {
    case (-32)...: bytes.append(UInt8(truncatingIfNeeded: value))
    case Int64(Int8.min)...: tagged(0xD0, UInt8(truncatingIfNeeded: value))
    case Int64(Int16.min)...: tagged(0xD1, UInt16(truncatingIfNeeded: value))
    case Int64(Int32.min)...: tagged(0xD2, UInt32(truncatingIfNeeded: value))
    default: tagged(0xD3, UInt64(bitPattern: value))
    }
  }

  mutating func unsigned(_ value: UInt64) {
    switch value {
    case ...0x7F: bytes.append(UInt8(value))
    case ...0xFF: tagged(0xCC, UInt8(value))
    case ...0xFFFF: tagged(0xCD, UInt16(value))
    case ...0xFFFF_FFFF: tagged(0xCE, UInt32(value))
    default: tagged(0xCF, value)
    }
  }

  mutating func float(_ value: Float) { tagged(0xCA, value.bitPattern) }

  mutating func double(_ value: Double) { tagged(0xCB, value.bitPattern) }

  mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { text in
      switch text.count {
      case ...31: bytes.append(0xA0 | UInt8(text.count))
      case ...0xFF: tagged(0xD9, UInt8(text.count))
      case ...0xFFFF: tagged(0xDA, UInt16(text.count))
      default: tagged(0xDB, UInt32(clamping: text.count))
      }
      bytes.append(contentsOf: text)
    }
  }

  /// Announces bytes that the caller appends.
  mutating func binaryHeader(_ count: Int) {
    switch count {
    case ...0xFF: tagged(0xC4, UInt8(count))
    case ...0xFFFF: tagged(0xC5, UInt16(count))
    default: tagged(0xC6, UInt32(clamping: count))
    }
  }

  mutating func binary(_ value: some Collection<UInt8>) {
    binaryHeader(value.count)
    bytes.append(contentsOf: value)
  }

  /// An array's or map's header; `short` is the family's one-byte form, `long` its 16-bit form, the 32-bit form follows
  /// it.
  static func header(_ count: Int, short: UInt8, long: UInt8) -> [UInt8] {
    var writer = ByteWriter()
    switch count {
    case ...15: writer.bytes.append(short | UInt8(count))
    case ...0xFFFF: writer.tagged(long, UInt16(count))
    default: writer.tagged(long + 1, UInt32(clamping: count))
    }
    return writer.bytes
  }

  private mutating func tagged(_ tag: UInt8, _ value: some FixedWidthInteger) {
    bytes.append(tag)
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
