import Foundation

/// Header fields. Whatever text comes in, one field goes out: line breaks and other controls become spaces before
/// anything else.
package enum Header {
  /// An unstructured field: as is if it is short ASCII, else as encoded words.
  package static func text(_ name: String, _ value: String) -> String {
    let clean = cleaned(value)
    let line = "\(name): \(clean)"
    return isPlain(clean) && line.utf8.count <= Limits.headerLine ? line : folded(name, EncodedWord.words(clean))
  }

  /// An address field with a name to show (RFC 5322 §3.4): a quoted string if it is short ASCII, else encoded words.
  package static func mailbox(_ field: String, name: String, address: EmailAddress) -> String {
    let clean = cleaned(name)
    guard !clean.isEmpty else { return "\(field): <\(address)>" }
    let quoted = "\"\(clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    let first =
      isPlain(clean) && field.utf8.count + 2 + quoted.utf8.count <= Limits.headerLine
      ? "\(field): \(quoted)" : folded(field, EncodedWord.words(clean))
    return "\(first)\r\n <\(address)>"
  }

  private static func folded(_ name: String, _ words: [String]) -> String {
    // The first word also gets its own line if the field's name would make the line too long.
    let separator = name.utf8.count + 2 + (words.first?.utf8.count ?? 0) > Limits.headerLine ? ":\r\n " : ": "
    return name + separator + words.joined(separator: "\r\n ")
  }

  /// Printable ASCII that no reader mistakes for an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
  }

  private static func cleaned(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
      default: clean.append(scalar)
      }
    }
    return String(clean).trimmingCharacters(in: .whitespaces)
  }
}

/// RFC 2047: text beyond ASCII in a header, as base64 of UTF-8.
package enum EncodedWord {
  /// Words of at most 75 characters that together make up the text; no character is split between two (§5, rule 3).
  static func words(_ text: String) -> [String] {
    let (opening, closing) = ("=?utf-8?B?", "?=")
    let room = (Limits.encodedWord - opening.utf8.count - closing.utf8.count) / 4 * 3
    var words: [String] = []
    var bytes: [UInt8] = []
    func finish() {
      words.append(opening + Data(bytes).base64EncodedString() + closing)
      bytes = []
    }
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if bytes.count + next.count > room { finish() }
      bytes += next
    }
    if !bytes.isEmpty { finish() }
    return words
  }
}
