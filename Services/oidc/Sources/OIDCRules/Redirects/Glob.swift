/// Stars against bytes. A star stands for one or more bytes; linear in the product of the two lengths, whatever is
/// sent.
enum Glob {
  static let star = UInt8(ascii: "*")
  static let globstar = [star, star]

  /// Whether `text` matches `pattern`; a pattern without a star matches only itself.
  static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    run(pattern, text, isStar: { $0 == star }, accepts: { $0 == $1 }, covers: { _ in true })
  }

  /// The same for the segments of a path. A star matches no escaped slash or backslash, and no empty segment before its
  /// end: a parser behind us might read another address in it.
  static func matchesPath(_ pattern: [[UInt8]], _ path: [[UInt8]]) -> Bool {
    run(
      pattern, path, isStar: { $0 == globstar },
      accepts: { $0 == $1 || ($0.contains(star) && !hidesSlash($1) && matches($0, $1)) },
      covers: { !hidesSlash(path[$0]) && (!path[$0].isEmpty || $0 == path.count - 1) })
  }

  private static func hidesSlash(_ segment: [UInt8]) -> Bool {
    let text = String(decoding: segment, as: UTF8.self).lowercased()
    return text.contains("%2f") || text.contains("%5c")
  }

  /// Backtracks to the last star only: the match of an earlier one never has to be undone.
  ///
  /// - Parameter covers: whether a star may stand for the element of `text` at an index.
  private static func run<Element>(
    _ pattern: [Element], _ text: [Element], isStar: (Element) -> Bool, accepts: (Element, Element) -> Bool,
    covers: (Int) -> Bool
  ) -> Bool {
    var (p, t) = (0, 0)
    var back: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, isStar(pattern[p]) {
        // At least one.
        guard covers(t) else { return false }
        (p, t) = (p + 1, t + 1)
        back = (p, t)
      } else if p < pattern.count, accepts(pattern[p], text[t]) {
        (p, t) = (p + 1, t + 1)
      } else if let last = back, covers(last.text) {
        back = (last.pattern, last.text + 1)
        (p, t) = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return p == pattern.count
  }
}
