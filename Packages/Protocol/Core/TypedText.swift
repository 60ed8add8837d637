import Foundation

// Text that somebody typed, or a program made up. Swift counts, compares, hashes and normalises by canonical
// equivalence, and for a run of combining marks that is work in the square of its length: so every text is measured
// in bytes of UTF-8 first, which costs nothing, and what is too long is left as it is.
extension String {
  /// Bytes that a text of so many characters may have: UTF-8 needs four at most for a code point, and a name of which
  /// every letter is several has fewer letters.
  private static func bytes(ofCharacters characters: Int) -> Int { characters * 4 }

  /// Whether it has more than so many characters, or more bytes than these need.
  public func isLonger(thanCharacters limit: Int) -> Bool {
    utf8.count > Self.bytes(ofCharacters: limit) || count > limit
  }

  /// As it is stored: without white space around it, in normal form C. What is longer than `isLonger(thanCharacters:)`
  /// allows stays as it came, to be refused for that.
  ///
  /// - Parameter characters: at most; white space around it is not counted, but has to fit into the same bytes.
  public func cleaned(characters limit: Int) -> String { cleaned(bytes: Self.bytes(ofCharacters: limit)) }

  /// The same with a limit in bytes.
  public func cleaned(bytes limit: Int) -> String {
    guard utf8.count <= limit else { return self }
    return trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
  }

  /// The beginning of it, in at most so many bytes: whole code points.
  public func prefix(bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }

  /// Nil for an empty text.
  public var nonEmpty: String? { isEmpty ? nil : self }
}
