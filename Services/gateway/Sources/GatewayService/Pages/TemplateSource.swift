import Foundation
import LatchkeyWords

/// Turns a template file into Mustache text for one language, once, at start.
///
/// Besides Mustache's own tags a template may contain:
/// - `[[key]]` a sentence, names inside it isolated with `<bdi>`; `[[=key]]` the same for an attribute;
/// - `[[@file]]` the address of a static file, with its version;
/// - `[[#icon]]` an icon from `icons.svg`, inlined: no request, nothing that pops in late.
struct TemplateSource {
  let words: Words
  let assets: StaticAssets
  let icons: [String: String]

  func mustache(_ source: String, of template: String) throws(PageFailure) -> String {
    var result = ""
    var rest = Self.trimmed(source)[...]
    while let open = rest.firstRange(of: "[[") {
      guard let close = rest[open.upperBound...].firstRange(of: "]]") else {
        throw PageFailure("\(template): a [[ without its ]]")
      }
      result += rest[..<open.lowerBound]
      result += try replacement(for: rest[open.upperBound..<close.lowerBound], in: template)
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  private func replacement(for tag: Substring, in template: String) throws(PageFailure) -> String {
    let name = String(tag.dropFirst())
    let found: String? =
      switch tag.first {
      case "@": assets.url(name)
      case "#": icons[name]
      case "=": words.mustache(name, isolated: false)
      default: words.mustache(String(tag), isolated: true)
      }
    guard let found else { throw PageFailure("\(template): nothing is called \(tag) in \(words.language.tag)") }
    return found
  }

  /// Indentation is for those who read the template; browsers do without.
  private static func trimmed(_ source: String) -> String {
    source.split(separator: "\n", omittingEmptySubsequences: true)
      .map { $0.drop { $0 == " " || $0 == "\t" } }
      .filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  /// Reads the sprite: every `<symbol id="…" viewBox="…">…</symbol>` becomes an `<svg>` of its own.
  static func icons(from sprite: String) -> [String: String] {
    var icons: [String: String] = [:]
    for part in sprite.components(separatedBy: "<symbol id=\"").dropFirst() {
      guard let idEnd = part.firstIndex(of: "\""), let open = part.firstIndex(of: ">"),
        let end = part.firstRange(of: "</symbol>")
      else { continue }
      let id = String(part[..<idEnd])
      let attributes = part[part.index(after: idEnd)..<open]
      let drawing = part[part.index(after: open)..<end.lowerBound]
      icons[id] = "<svg class=\"icon icon-\(id)\"\(attributes) aria-hidden=\"true\">\(drawing)</svg>"
    }
    return icons
  }
}
