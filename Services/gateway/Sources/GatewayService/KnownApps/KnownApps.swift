import Encodings

/// The apps that can be connected by choosing them, read once at start from `web/apps.json`.
///
/// The file is the project's own collection of facts: what each app's documentation says about connecting it.
package struct KnownApps: Sendable {
  /// By name.
  package let all: [KnownApp]
  private let byID: [String: KnownApp]

  /// - Throws: ``KnownAppFailure`` for anything unexpected: an unknown member, placeholder or value is a mistake in the
  ///   file, or a page that would leave something out.
  package init(json: [UInt8]) throws(KnownAppFailure) {
    let value: JSONValue
    do { value = try JSONValue(json: json, .own) } catch { throw KnownAppFailure(error.sentence) }
    guard let file = value.object, Set(file.keys) == ["schema", "placeholders", "apps"],
      let names = file["placeholders"]?.object?.keys, let entries = file["apps"]?.array
    else { throw KnownAppFailure("the file is not a schema, placeholders and apps") }
    let known = Set(AppText.Placeholder.allCases.map(\.rawValue))
    guard Set(names) == known else {
      throw KnownAppFailure("the placeholders differ: \(known.symmetricDifference(names).sorted())")
    }
    var apps: [KnownApp] = []
    for entry in entries { apps.append(try KnownAppReader.app(entry)) }
    byID = Dictionary(apps.map { ($0.id, $0) }) { first, _ in first }
    guard byID.count == apps.count else { throw KnownAppFailure("two apps have one id") }
    all = apps.sorted { $0.name.lowercased() < $1.name.lowercased() }
  }

  package subscript(id: String) -> KnownApp? { byID[id] }

  /// The apps whose name or category contains every word of `text`, ignoring case; all for an empty text.
  /// - Parameter category: gives a category's name in the reader's language.
  package func search(_ text: String, category: (String) -> String) -> [KnownApp] {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace)
    return all.filter { app in
      let found = Self.searched(app, category: category(app.category))
      return words.allSatisfy { found.contains($0) }
    }
  }

  /// The text that a search looks in, in lower case.
  static func searched(_ app: KnownApp, category: String) -> String {
    "\(app.name) \(app.id) \(app.category) \(category)".lowercased()
  }
}
