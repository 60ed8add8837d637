import Foundation
import GatewayResources
import LatchkeyWords
import Mustache

/// Renders pages. It compiles the templates once per language when it is made; rendering only fills in values.
package struct PageRenderer: Sendable {
  /// The files that the pages refer to, ready to be served.
  package let assets: StaticAssets
  /// The apps that can be connected by choosing them.
  package let apps: KnownApps
  private let libraries: [Language: TemplateLibrary]
  private let words: [Language: Words]

  /// - Parameter files: templates, locales and static files by name; those compiled into the program by default.
  /// - Throws: ``PageFailure`` if a template does not parse or names a sentence, icon or file that does not exist, or
  ///   if the known apps cannot be read.
  package init(files: [String: [UInt8]] = GatewayResources.files) throws(PageFailure) {
    let words = Dictionary(uniqueKeysWithValues: Language.all.map { ($0, Words.of($0)) })
    assets = StaticAssets(files: files, words: words)
    do {
      apps = try KnownApps(json: files["apps.json"] ?? [])
    } catch {
      throw PageFailure("apps.json: \(error)")
    }
    let icons = TemplateSource.icons(from: String(decoding: files["icons.svg"] ?? [], as: UTF8.self))
    var libraries: [Language: TemplateLibrary] = [:]
    for (language, sentences) in words {
      let source = TemplateSource(words: sentences, assets: assets, icons: icons)
      libraries[language] = try Self.library(files, source)
    }
    self.words = words
    self.libraries = libraries
  }

  private static func library(
    _ files: [String: [UInt8]], _ source: TemplateSource
  ) throws(PageFailure) -> TemplateLibrary {
    var sources: [String: String] = [:]
    for (file, bytes) in files where file.hasSuffix(".mustache") {
      let name = String(file.dropLast(".mustache".count))
      sources[name] = try source.mustache(String(decoding: bytes, as: UTF8.self), of: name)
    }
    do {
      return try TemplateLibrary(sources)
    } catch {
      throw PageFailure("\(error)")
    }
  }

  /// The page as HTML. A page whose template is missing renders as nothing; the tests of every page rule that out.
  package func render<P: Page>(_ page: P, in frame: PageFrame) -> String {
    guard let template = libraries[frame.language]?[P.template], let words = words[frame.language] else { return "" }
    // The page's own properties come first, the frame's last.
    let html = template.render([FrameValues(frame, assets: assets), page.worded(words), page])
    return String(decoding: html, as: UTF8.self)
  }
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

/// The pages cannot be built: a template, a sentence or a file is wrong. Found at start, never during a request.
package struct PageFailure: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ description: String) { self.description = description }
}
