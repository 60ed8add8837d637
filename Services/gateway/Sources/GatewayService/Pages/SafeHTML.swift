import LatchkeyWords
import Mustache

/// Escapes text for HTML elements and quoted attributes, by Unicode scalar.
///
/// Mustache's own escaping compares whole characters, and a quotation mark followed by a combining accent is *another*
/// character to Swift while it still closes an attribute in a browser. Templates are therefore compiled with this one.
struct SafeHTML: MustacheContentType {
  static let name = "LATCHKEY"

  func escapeText(_ text: String) -> String { Self.escape(text) }

  static func escape(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      // The parser would replace it, and older ones stumble over it.
      case "\0": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension Words {
  /// A sentence as Mustache text: its own characters escaped, its placeholders turned into variables.
  ///
  /// - Parameter isolated: wraps what is filled in with `<bdi>`, so that a name written from right to left does not
  ///   reorder the sentence around it; off inside attributes, which hold no elements.
  func mustache(_ key: String, isolated: Bool) -> String? {
    guard let sentence = sentences[key] else { return nil }
    var result = ""
    for piece in Self.pieces(sentence) {
      switch piece {
      case .text(let text): result += SafeHTML.escape(text)
      case .placeholder(let name): result += isolated ? "<bdi>{{\(name)}}</bdi>" : "{{\(name)}}"
      }
    }
    return result
  }
}
