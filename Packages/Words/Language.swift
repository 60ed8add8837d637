// Words owns the text that people read, in every language: on pages, by scripts, in mails. One file per language in
// `locales`; adding a language means adding its file. It must not know pages, mails or HTTP.

/// A language that the text is available in.
public struct Language: Hashable, Sendable {
  /// BCP 47: the name of the language's file.
  public let tag: String

  init(tag: String) { self.tag = tag }

  /// The fallback, and the language that every other one is compared with.
  public static let english = Language(tag: "en")

  /// Every language that has a file, English first.
  public static let all: [Language] =
    [english] + Words.files.keys.filter { $0 != english.tag }.sorted().map(Language.init(tag:))

  /// Its name in the language itself.
  public var ownName: String { Words.of(self)("language.ownName") }

  /// Whether a family name stands before a given name.
  public var familyNameFirst: Bool { Words.of(self)("language.nameOrder") == "family-given" }

  /// The language for a reader: their own choices first, in order, then what the browser asks for, then English.
  ///
  /// - Parameters:
  ///   - chosen: the tags that the account and the browser's cookie name; one that we do not support counts as none.
  ///   - acceptLanguage: the header `Accept-Language` (RFC 9110 §12.5.4); the first 20 ranges count.
  public static func choose(chosen: [String], acceptLanguage: String?) -> Language {
    if let language = chosen.lazy.compactMap({ matching($0) }).first { return language }
    var best: (language: Language, quality: Double)?
    for range in (acceptLanguage ?? "").split(separator: ",", maxSplits: 20).prefix(20) {
      let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      guard let tag = parts.first, let language = matching(tag) else { continue }
      let quality =
        parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if quality > 0, quality > best?.quality ?? 0 { best = (language, quality) }
    }
    return best?.language ?? .english
  }

  /// The language for tags in order of preference, best first; English when we support none of them.
  public static func first(of tags: [String]) -> Language {
    tags.lazy.compactMap { matching(String($0)) }.first ?? .english
  }

  /// The language of a tag: exact, or another variety of the same language. A user who asks for Traditional Chinese
  /// gets the simplified text rather than English.
  private static func matching(_ tag: some StringProtocol) -> Language? {
    let wanted = tag.lowercased()
    let primary = wanted.split(separator: "-").first
    return all.first { $0.tag.lowercased() == wanted }
      ?? all.first { $0.tag.lowercased().split(separator: "-").first == primary }
  }
}
