package import LatchkeyProtocol

/// Writes JSON (RFC 8259): members sorted by name, so that equal values are equal bytes; no escape that is not needed
/// except `<`, `>` and `&`, which keep a JSON body harmless should anything ever take it for HTML.
package enum JSONText {
  package static func bytes(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    write(value, to: &bytes)
    return bytes
  }

  package static func text(_ value: JSONValue) -> String { String(decoding: bytes(value), as: UTF8.self) }

  private static func write(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    // JSON has no infinity and no NaN.
    case .number(let value): bytes += (value.isFinite ? String(value) : "null").utf8
    case .string(let value): write(value, to: &bytes)
    case .array(let elements):
      list(elements, "[", "]", to: &bytes) { write($0, to: &$1) }
    case .object(let members):
      list(members.sorted { $0.key < $1.key }, "{", "}", to: &bytes) { member, bytes in
        write(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        write(member.value, to: &bytes)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: Character, _ close: Character, to bytes: inout [UInt8],
    _ write: (Element, inout [UInt8]) -> Void
  ) {
    bytes += open.utf8
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(element, &bytes)
    }
    bytes += close.utf8
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), 0x7F:
        bytes += "\\u00".utf8
        bytes += [digit(byte >> 4), digit(byte & 15)]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
