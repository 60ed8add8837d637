/// %-escapes (RFC 3986 §2.1) and the form encoding built on them (WHATWG URL, RFC 6749 appendix B).
package enum Percent {
  /// The value of one hexadecimal digit, either case.
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// RFC 3986 §2.3: what never needs an escape.
  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Escapes everything but unreserved characters. A space becomes `%20`, which form decoders and URI decoders both read.
  package static func encode(_ text: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 0xF)])
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// One name or value of a form: `+` is a space, escapes are whole, the result is UTF-8. No bare control characters, and
  /// no NUL however it is spelled; other escaped ones (line breaks are honest in some values) are the reader's to judge.
  package static func decodeForm(_ bytes: some Collection<UInt8>) throws(FormRefusal) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      switch byte {
      case UInt8(ascii: "+"): output.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = nextDigit(bytes, &index), let low = nextDigit(bytes, &index) else { throw .malformedEscape }
        output.append(high << 4 | low)
      case 0x00..<0x20, 0x7F: throw .controlCharacter
      default: output.append(byte)
      }
    }
    guard let text = String(validating: output, as: UTF8.self) else { throw .invalidUTF8 }
    // PostgreSQL has no NUL in text, and no parameter has a use for one.
    guard !output.contains(0) else { throw .controlCharacter }
    return text
  }

  private static func nextDigit<Bytes: Collection<UInt8>>(_ bytes: Bytes, _ index: inout Bytes.Index) -> UInt8? {
    guard index != bytes.endIndex else { return nil }
    defer { bytes.formIndex(after: &index) }
    return hexadecimal(bytes[index])
  }
}
