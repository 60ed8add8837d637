import Foundation

/// Every sentence of one language, by key (`signIn.title`). Sentences may hold placeholders: `{app.name}`.
package struct Words: Sendable {
  package let language: PageLanguage
  package let sentences: [String: String]

  /// Reads a locale file: an object of objects of sentences, whose keys are joined by dots.
  ///
  /// - Throws: ``PageFailure`` when the file is not such an object.
  package init(language: PageLanguage, json: [UInt8]) throws(PageFailure) {
    let pages: [String: [String: String]]
    do {
      pages = try JSONDecoder().decode([String: [String: String]].self, from: Data(json))
    } catch {
      throw PageFailure("the words of \(language.rawValue) cannot be read: \(error)")
    }
    var sentences: [String: String] = [:]
    for (page, entries) in pages {
      for (key, sentence) in entries { sentences["\(page).\(key)"] = sentence }
    }
    self.language = language
    self.sentences = sentences
  }

  /// The sentence for a key. A missing one shows its key, which a test refuses to let happen.
  package func callAsFunction(_ key: String) -> String { sentences[key] ?? key }

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

  enum Piece: Equatable {
    case text(String)
    case placeholder(String)
  }

  static func pieces(_ sentence: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = sentence[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      pieces.append(.placeholder(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }

  /// The placeholders that a sentence holds, for comparing languages.
  package static func placeholders(_ sentence: String) -> Set<String> {
    Set(pieces(sentence).compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
  }
}

/// The pages cannot be built: a template, a sentence or a file is wrong. It is found at start, never at a request.
package struct PageFailure: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ description: String) { self.description = description }
}
