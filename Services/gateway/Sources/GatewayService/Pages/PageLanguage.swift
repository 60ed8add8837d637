/// A language that the pages are written in.
package enum PageLanguage: String, Sendable, CaseIterable {
  case english = "en"
  case simplifiedChinese = "zh-CN"

  /// Its name in itself.
  package var ownName: String {
    switch self {
    case .english: "English"
    case .simplifiedChinese: "简体中文"
    }
  }

  /// The language for a request: the reader's own choice first, then what the browser asks for, then English.
  ///
  /// - Parameters:
  ///   - cookie: the value of the cookie `locale`.
  ///   - acceptLanguage: the header `Accept-Language` (RFC 9110 §12.5.4); the first 20 ranges count.
  package static func choose(cookie: String?, acceptLanguage: String?) -> PageLanguage {
    if let cookie, let chosen = matching(cookie) { return chosen }
    var best: (language: PageLanguage, quality: Double)?
    for range in (acceptLanguage ?? "").split(separator: ",", maxSplits: 20).prefix(20) {
      let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      guard let tag = parts.first, let language = matching(tag) else { continue }
      let quality =
        parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if quality > 0, quality > best?.quality ?? 0 { best = (language, quality) }
    }
    return best?.language ?? .english
  }

  /// The language for one tag: exact, or any variety of a language that we have. Traditional Chinese reads the
  /// simplified text rather than English.
  private static func matching(_ tag: String) -> PageLanguage? {
    let primary = tag.lowercased().split(separator: "-").first
    return switch primary {
    case "en": .english
    case "zh": .simplifiedChinese
    default: nil
    }
  }
}
