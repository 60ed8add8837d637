import GatewayResources
import Foundation
import Mustache

/// Renders pages. Templates are compiled once per language when it is made; rendering only fills in values.
package struct PageRenderer: Sendable {
  /// The files that the pages refer to, ready to be served.
  package let assets: StaticAssets
  private let libraries: [PageLanguage: MustacheLibrary]
  private let words: [PageLanguage: Words]

  /// - Parameter files: templates, locales and static files by name; those compiled into the program by default.
  /// - Throws: ``PageFailure`` when a template does not parse or names a sentence, icon or file that is not there.
  package init(files: [String: [UInt8]] = EmbeddedFiles.all) throws(PageFailure) {
    MustacheContentTypes.register(SafeHTML(), named: SafeHTML.name)
    var words: [PageLanguage: Words] = [:]
    for language in PageLanguage.allCases {
      guard let json = files["\(language.rawValue).json"] else {
        throw PageFailure("no words for \(language.rawValue)")
      }
      words[language] = try Words(language: language, json: json)
    }
    assets = StaticAssets(files: files, words: words)
    let icons = TemplateSource.icons(from: String(decoding: files["icons.svg"] ?? [], as: UTF8.self))
    var libraries: [PageLanguage: MustacheLibrary] = [:]
    for (language, sentences) in words {
      let source = TemplateSource(words: sentences, assets: assets, icons: icons)
      libraries[language] = try Self.library(files, source)
    }
    self.words = words
    self.libraries = libraries
  }

  private static func library(
    _ files: [String: [UInt8]], _ source: TemplateSource
  ) throws(PageFailure) -> MustacheLibrary {
    var library = MustacheLibrary()
    for (file, bytes) in files where file.hasSuffix(".mustache") {
      let name = String(file.dropLast(".mustache".count))
      let text = try source.mustache(String(decoding: bytes, as: UTF8.self), of: name)
      do {
        try library.register(text, named: name)
      } catch {
        throw PageFailure("\(file): \(error)")
      }
    }
    return library
  }

  /// The page as HTML. A page whose template is missing renders as nothing, which the tests of every page rule out.
  package func render<P: Page>(_ page: P, in frame: PageFrame) -> String {
    guard let library = libraries[frame.language], let words = words[frame.language] else { return "" }
    var values = PageValues(page)
    values.merge(page.worded(words))
    values.merge(FrameValues(frame, assets: assets))
    return library.render(values, withTemplate: P.template) ?? ""
  }
}

/// What a template looks names up in: the page's properties, then the frame's. Reflected once per rendering.
private struct PageValues: MustacheParent {
  private var values: [String: Any] = [:]

  init(_ page: some Page) { merge(page) }

  mutating func merge(_ entries: [String: String]) {
    values.merge(entries) { own, _ in own }
  }

  mutating func merge(_ object: some Any) {
    for (label, value) in Mirror(reflecting: object).children {
      guard let label, values[label] == nil else { continue }
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle != .optional {
        values[label] = value
      } else {
        values[label] = mirror.children.first?.value
      }
    }
  }

  func child(named name: String) -> Any? { values[name] }
}

/// The frame as templates see it.
private struct FrameValues {
  let lang: String
  let theme: String
  let still: Bool
  let instance: Instance
  let themeStylesheet: String?
  let textModule: String
  let viewer: Person?
  let languages: [Choice]
  let familyNameFirst: Bool
  let themeIsSystem: Bool
  let themeIsLight: Bool
  let themeIsDark: Bool

  struct Choice {
    let tag: String
    let ownName: String
    let chosen: Bool
  }

  init(_ frame: PageFrame, assets: StaticAssets) {
    lang = frame.language.rawValue
    theme = frame.theme.rawValue
    still = !frame.instance.animations
    instance = frame.instance
    themeStylesheet = frame.instance.accent?.url
    textModule = assets.url("text-\(frame.language.rawValue).js") ?? ""
    viewer = frame.viewer
    languages = PageLanguage.allCases.map {
      Choice(tag: $0.rawValue, ownName: $0.ownName, chosen: $0 == frame.language)
    }
    familyNameFirst = frame.language == .simplifiedChinese
    themeIsSystem = frame.theme == .system
    themeIsLight = frame.theme == .light
    themeIsDark = frame.theme == .dark
  }
}
