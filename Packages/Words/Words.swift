import Foundation

/// Every sentence of one language, by key (`signIn.title`). Sentences may hold placeholders: `{app.name}`.
public struct Words: Sendable {
  public let language: Language
  public let sentences: [String: String]

  /// The locale files, by language tag.
  static let files: [String: [UInt8]] = Dictionary(
    uniqueKeysWithValues: Embedded.files.map { name, text in
      (String(name.dropLast(".json".count)), text.withUTF8Buffer { Array($0) })
    })

  /// The words compiled into the program; a file that cannot be read has none, which a test rules out.
  public static func of(_ language: Language) -> Words {
    compiled[language] ?? Words(language: language, sentences: [:])
  }

  private static let compiled: [Language: Words] = Dictionary(
    uniqueKeysWithValues: files.compactMap { tag, json in
      let language = Language(tag: tag)
      return (try? Words(language: language, json: json)).map { (language, $0) }
    })

  private init(language: Language, sentences: [String: String]) {
    self.language = language
    self.sentences = sentences
  }

  /// Reads a locale file: an object of objects of sentences, whose keys are joined by dots.
  ///
  /// - Throws: ``WordsFailure`` when the file is not such an object.
  public init(language: Language, json: [UInt8]) throws(WordsFailure) {
    let pages: [String: [String: String]]
    do {
      pages = try JSONDecoder().decode([String: [String: String]].self, from: Data(json))
    } catch {
      throw WordsFailure("the words of \(language.tag) cannot be read: \(error)")
    }
    var sentences: [String: String] = [:]
    for (page, entries) in pages {
      for (key, sentence) in entries { sentences["\(page).\(key)"] = sentence }
    }
    self.language = language
    self.sentences = sentences
  }

  /// The sentence for a key. A missing one shows its key, which a test rules out.
  public func callAsFunction(_ key: String) -> String { sentences[key] ?? key }

  /// What a sentence is made of.
  public enum Piece: Equatable, Sendable {
    case text(String)
    case placeholder(String)
  }

  public static func pieces(_ sentence: String) -> [Piece] {
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

  /// A sentence with its placeholders filled in; one without a value is left empty.
  public func callAsFunction(_ key: String, _ values: [String: String]) -> String {
    Self.pieces(self(key)).map { piece in
      switch piece {
      case .text(let text): text
      case .placeholder(let name): values[name] ?? ""
      }
    }.joined()
  }

  /// The placeholders that a sentence holds, for comparing languages.
  public static func placeholders(_ sentence: String) -> Set<String> {
    Set(pieces(sentence).compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
  }
}

/// A locale file that cannot be read.
public struct WordsFailure: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ description: String) { self.description = description }
}
