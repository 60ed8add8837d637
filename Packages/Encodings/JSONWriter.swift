extension JSONValue {
  /// Which characters of a string are written as escapes.
  public enum Escapes: Sendable {
    /// What JSON asks for (RFC 8259 §7), and DEL.
    case needed
    /// `<`, `>`, `&` and Unicode's line separators too: the text stays harmless in a script element or an attribute,
    /// and even if something takes it for HTML.
    case markup
  }

  /// The JSON text (RFC 8259): members sorted by the bytes of their names, no white space. The same value is always the
  /// same bytes.
  public func json(escaping escapes: Escapes) -> [UInt8] {
    var writer = JSONWriter(escapes)
    writer.write(self)
    return writer.bytes
  }

  /// The JSON text as it is signed and stored.
  public var json: [UInt8] { json(escaping: .needed) }

  /// The same as a String.
  public var jsonText: String { String(decoding: json, as: UTF8.self) }

  /// The same as a String.
  public func jsonText(escaping escapes: Escapes) -> String { String(decoding: json(escaping: escapes), as: UTF8.self) }
}

/// Ours, because the signing path would otherwise spend more time in a general encoder than in the signature (measured:
/// 180 µs a token).
private struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private let isPlain: [Bool]

  init(_ escapes: JSONValue.Escapes) {
    bytes.reserveCapacity(1024)
    isPlain =
      switch escapes {
      case .needed: Self.plain
      case .markup: Self.plainInMarkup
      }
  }

  private static let plain: [Bool] = (0...255).map { $0 >= 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x5C }

  private static let plainInMarkup: [Bool] = plain.indices.map { byte in
    // 0xE2 begins U+2028 and U+2029, and much else.
    plain[byte] && !"<>&".utf8.contains(UInt8(byte)) && byte != 0xE2
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let flag): append(flag ? "true" : "false")
    case .integer(let number): bytes += String(number).utf8
    // JSON has no infinity and no NaN.
    case .number(let number): if number.isFinite { bytes += number.description.utf8 } else { append("null") }
    case .string(let text): write(text)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(member.key)
        bytes.append(UInt8(ascii: ":"))
        write(member.value)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func append(_ word: StaticString) {
    bytes += UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { write(string: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func write(string text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for (index, byte) in text.enumerated() where !isPlain[Int(byte)] {
      if byte == 0xE2, !Self.isLineSeparator(text, index) { continue }
      bytes += text[start..<index]
      start = index + 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0xE2:
        // The last byte of U+2028 is 0xA8, of U+2029 0xA9.
        append(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
        start = index + 3
      default:
        append("\\u00")
        bytes.append(Hexadecimal.digit(byte >> 4))
        bytes.append(Hexadecimal.digit(byte & 15))
      }
    }
    bytes += text[start...]
  }

  private static func isLineSeparator(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
  }
}
