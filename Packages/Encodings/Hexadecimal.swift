/// Hexadecimal digits: written in lower case, except in percent-encoding, and read in either case.
public enum Hexadecimal {
  /// Two lower-case digits for each byte.
  public static func text(_ bytes: some Collection<UInt8>) -> String {
    bytes.withBytes { source in
      String(unsafeUninitializedCapacity: source.count * 2) { buffer in
        for (index, byte) in source.enumerated() {
          buffer[index * 2] = digit(byte >> 4)
          buffer[index * 2 + 1] = digit(byte & 15)
        }
        return source.count * 2
      }
    }
  }

  /// The sixteen lower-case digits of a number.
  public static func text(_ number: UInt64) -> String { withUnsafeBytes(of: number.bigEndian) { text($0) } }

  /// The bytes of hexadecimal text in either case; nil if it is not that.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    text.utf8.withBytes { source in
      guard source.count.isMultiple(of: 2) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(source.count / 2)
      for index in stride(from: 0, to: source.count, by: 2) {
        guard let high = value(source[index]), let low = value(source[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
      }
      return bytes
    }
  }

  /// The value of one digit, either case.
  @inlinable
  public static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x61...0x66: character - 0x57
    case 0x41...0x46: character - 0x37
    default: nil
    }
  }

  /// The lower-case digit for a value below 16.
  @inlinable
  public static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// The upper-case digit for a value below 16.
  @inlinable
  public static func capitalDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
