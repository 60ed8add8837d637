import LatchkeyWords
import Mustache

extension Words {
  /// A sentence as Mustache text: its own characters escaped, its placeholders turned into variables.
  ///
  /// - Parameter isolated: wraps what is filled in with `<bdi>`, so that a right-to-left name does not reorder the
  ///   sentence around it; off inside attributes, which hold no elements.
  func mustache(_ key: String, isolated: Bool) -> String? {
    guard let sentence = sentences[key] else { return nil }
    var result = ""
    for piece in Self.pieces(sentence) {
      switch piece {
      case .text(let text): result += HTMLText.escape(text)
      case .placeholder(let name): result += isolated ? "<bdi>{{\(name)}}</bdi>" : "{{\(name)}}"
      }
    }
    return result
  }
}
