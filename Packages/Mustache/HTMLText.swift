/// Escapes text for HTML elements and quoted attributes.
///
/// It works on UTF-8 bytes, which is as good as on Unicode scalars since only ASCII matters, and never on characters: a
/// quotation mark followed by a combining accent is *another* character to Swift but still closes an attribute in a
/// browser.
public enum HTMLText {
  /// The text with `&`, `<`, `>` and both quotation marks as character references, and U+FFFD for NUL.
  public static func escape(_ text: String) -> String {
    var output: [UInt8] = []
    append(text, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  static func append(_ text: String, to output: inout [UInt8]) {
    // Most text has nothing to escape, and is copied as a whole.
    guard text.utf8.contains(where: { replacement($0) != nil }) else {
      output.append(contentsOf: text.utf8)
      return
    }
    for byte in text.utf8 {
      if let replacement = replacement(byte) {
        output.append(contentsOf: replacement.utf8)
      } else {
        output.append(byte)
      }
    }
  }

  private static func replacement(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    // The parser would replace it, and older ones stumble over it.
    case 0: "\u{FFFD}"
    default: nil
    }
  }
}
