import Encodings
import Foundation
import GatewayResources
import GatewayService
import LatchkeyWords
import Testing

@Suite("Words")
struct WordsTests {
  let files = GatewayResources.files

  let simplified = Language.first(of: ["zh-CN"])

  func words(_ language: Language) -> Words { Words.of(language) }

  /// Keys that Swift names: any literal of the sources that is one.
  static let named: Set<String> = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    var literals: Set<String> = []
    for folder in ["Packages", "Services"] {
      let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
      for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        literals.formUnion(text.matches(of: /"([a-zA-Z]+\.[a-zA-Z_.]+)"/).map { String($0.1) })
      }
    }
    return literals
  }()

  /// Keys by where they are used: templates, scripts, Swift, and the kinds of the error page.
  var used: Set<String> {
    var keys: Set<String> = []
    for (name, bytes) in files {
      let text = String(decoding: bytes, as: UTF8.self)
      if name.hasSuffix(".js") { keys.formUnion(StaticAssets.textKeys(inScript: text)) }
      guard name.hasSuffix(".mustache") else { continue }
      for part in text.components(separatedBy: "[[").dropFirst() {
        guard let end = part.range(of: "]]") else { continue }
        let tag = part[..<end.lowerBound]
        if tag.first != "@" && tag.first != "#" { keys.insert(String(tag.drop { $0 == "=" })) }
      }
    }
    for kind in ErrorPage.Kind.allCases {
      for part in ["title", "happened", "advice"] { keys.insert("error.\(kind.rawValue).\(part)") }
    }
    // Categories are words of the list of known apps.
    let apps = (try? KnownApps(json: files["apps.json"] ?? []))?.all ?? []
    keys.formUnion(apps.map { "category.\($0.category)" })
    return keys.union(Self.named.intersection(words(.english).sentences.keys))
  }

  @Test("every language has the same sentences, and exactly those that are used", arguments: Language.all)
  func complete(_ language: Language) throws {
    let keys = Set(words(language).sentences.keys)
    #expect(used.subtracting(keys) == [], "missing")
    #expect(keys.subtracting(used) == [], "unused")
  }

  @Test("a sentence has the same placeholders in every language")
  func placeholders() throws {
    let english = words(.english)
    for language in Language.all {
      for (key, sentence) in words(language).sentences {
        #expect(Words.placeholders(sentence) == Words.placeholders(english(key)), "\(key) in \(language)")
        #expect(!sentence.isEmpty, "\(key) in \(language)")
      }
    }
  }

  @Test("Chinese is written with its own punctuation, and a space beside Latin words")
  func chinese() throws {
    // Not \p{Han}, which counts the full stop 。 too.
    let han = "[\u{4E00}-\u{9FFF}]"
    for (key, sentence) in words(simplified).sentences where key != "language.ownName" {
      let touching = try Regex("\(han)[A-Za-z0-9{]|[A-Za-z0-9}]\(han)")
      #expect(sentence.firstMatch(of: touching) == nil, "\(key): \(sentence)")
      let narrow = try Regex("\(han)[,;:!?]")
      #expect(sentence.firstMatch(of: narrow) == nil, "\(key): \(sentence)")
    }
  }

  @Test("English shouts nowhere and begs nowhere")
  func plain() throws {
    for (key, sentence) in words(.english).sentences {
      let lower = sentence.lowercased()
      for word in ["!", "please", "successful", "credential"] { #expect(!lower.contains(word), "\(key): \(sentence)") }
    }
  }

  @Test("the account's language goes before the browser's, if we speak it")
  func account() {
    #expect(Language.choose(chosen: ["zh-CN", "en"], acceptLanguage: "en").tag == "zh-CN")
    #expect(Language.choose(chosen: ["fr", "zh-CN"], acceptLanguage: "en").tag == "zh-CN")
    #expect(Language.choose(chosen: ["fr"], acceptLanguage: "zh").tag == "zh-CN")
  }

  @Test(
    "the language is the cookie's, then the browser's, then English",
    arguments: [
      ("zh-CN", nil, Language.first(of: ["zh"])), ("en", "zh-CN", .english),
      (nil, "zh-TW,zh;q=0.9", Language.first(of: ["zh"])),
      (nil, "fr, en;q=0.5, zh;q=0.8", Language.first(of: ["zh"])), (nil, "zh;q=0, en;q=0.1", .english),
      (nil, nil, .english),
      ("xx", "zh", Language.first(of: ["zh"])), (nil, ";;,=,q=1, *;q=nan", .english),
      (nil, String(repeating: "fr,", count: 5000), .english),
    ] as [(String?, String?, Language)])
  func choice(cookie: String?, header: String?, expected: Language) {
    #expect(Language.choose(chosen: [cookie].compactMap { $0 }, acceptLanguage: header) == expected)
  }
}
