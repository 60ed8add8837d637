import Foundation

// Text from a person or a program. Swift counts, compares, hashes and normalises by canonical equivalence, which takes
// time quadratic in the length of a run of combining marks: so every text is first measured in bytes of UTF-8, which
// costs nothing, and one that is too long is left as it is.
extension String {
  /// Bytes that a text of so many characters may have: UTF-8 needs at most four for a code point, and a name whose
  /// letters take several code points each has fewer letters.
  private static func bytes(ofCharacters characters: Int) -> Int { characters * 4 }

  /// Whether it has more than so many characters, or more bytes than these need.
  public func isLonger(thanCharacters limit: Int) -> Bool {
    utf8.count > Self.bytes(ofCharacters: limit) || count > limit
  }

  /// As it is stored: without white space around it, in normal form C. Text longer than `isLonger(thanCharacters:)`
  /// allows stays as it came, to be refused for that.
  ///
  /// - Parameter characters: the most allowed; white space around it does not count, but must fit into the same bytes.
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
