import Foundation
import GatewayResources
import LatchkeyWords
import Mustache

/// Renders pages. Templates are compiled once per language when it is made; rendering only fills in values.
package struct PageRenderer: Sendable {
  /// The files that the pages refer to, ready to be served.
  package let assets: StaticAssets
  /// The apps that are connected by choosing them.
  package let apps: KnownApps
  private let libraries: [Language: MustacheLibrary]
  private let words: [Language: Words]

  /// - Parameter files: templates, locales and static files by name; those compiled into the program by default.
  /// - Throws: ``PageFailure`` when a template does not parse or names a sentence, icon or file that is not there, or when
  ///   the known apps cannot be read.
  package init(files: [String: [UInt8]] = GatewayResources.files) throws(PageFailure) {
    MustacheContentTypes.register(SafeHTML(), named: SafeHTML.name)
    let words = Dictionary(uniqueKeysWithValues: Language.all.map { ($0, Words.of($0)) })
    assets = StaticAssets(files: files, words: words)
    do {
      apps = try KnownApps(json: files["apps.json"] ?? [])
    } catch {
      throw PageFailure("apps.json: \(error)")
    }
    let icons = TemplateSource.icons(from: String(decoding: files["icons.svg"] ?? [], as: UTF8.self))
    var libraries: [Language: MustacheLibrary] = [:]
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
    lang = frame.language.tag
    theme = frame.theme.rawValue
    still = !frame.instance.animations
    instance = frame.instance
    themeStylesheet = frame.instance.accent?.url
    textModule = assets.url("text-\(frame.language.tag).js") ?? ""
    viewer = frame.viewer
    languages = Language.all.map {
      Choice(tag: $0.tag, ownName: $0.ownName, chosen: $0 == frame.language)
    }
    familyNameFirst = frame.language.familyNameFirst
    themeIsSystem = frame.theme == .system
    themeIsLight = frame.theme == .light
    themeIsDark = frame.theme == .dark
  }
}

/// The pages cannot be built: a template, a sentence or a file is wrong. It is found at start, never at a request.
package struct PageFailure: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ description: String) { self.description = description }
}
