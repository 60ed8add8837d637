extension String {
  /// The beginning of a text, cut between words and marked as cut if it has more code points than the limit.
  func shortened(to limit: Int) -> String {
    guard unicodeScalars.count > limit else { return self }
    let fitting = unicodeScalars.prefix(limit)
    // A text without a blank is cut at the limit.
    let end = fitting.lastIndex(of: " ") ?? fitting.endIndex
    return String(String.UnicodeScalarView(fitting[..<end])) + " …"
  }
}
