import Encodings

/// Reads one app of `apps.json`, strictly: every member must be present (except the one that few apps have), be of its
/// kind, and be known.
struct KnownAppReader {
  private var members: [String: JSONValue]

  static func app(_ value: JSONValue) throws(KnownAppFailure) -> KnownApp {
    var reader = KnownAppReader(members: value.object ?? [:])
    let id = try reader.text("id")
    do {
      return try reader.app(id)
    } catch {
      throw KnownAppFailure("\(id): \(error.description)")
    }
  }

  private mutating func app(_ id: String) throws(KnownAppFailure) -> KnownApp {
    guard id.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }) else {
      throw KnownAppFailure("an id has small letters, digits and hyphens")
    }
    let app = KnownApp(
      id: id, name: try text("name"), category: try text("category"), website: try optionalText("website"),
      redirectURIs: try appTexts("redirectURIs"), postLogoutRedirectURIs: try appTexts("postLogoutRedirectURIs"),
      backchannelLogoutURI: members["backchannelLogoutURI"] == nil
        ? nil : try AppText(try text("backchannelLogoutURI")),
      isPublic: try clientType(), pkce: try choice("pkce"), identity: try choice("identity"),
      joins: try choice("joins"), verifiedEmail: try choice("verifiedEmail"),
      idTokenAlgorithms: try optionalTexts("idTokenAlgorithms"), scopes: try texts("scopes"),
      needsEndpoints: try flag("needsEndpoints"), settings: try settings(),
      groups: try optionalAppText("groups"), notes: try optionalAppText("notes"))
    try finish()
    return app
  }

  private func finish() throws(KnownAppFailure) {
    if let unknown = members.keys.min() { throw KnownAppFailure("'\(unknown)' is not known") }
  }

  private mutating func take(_ name: String) throws(KnownAppFailure) -> JSONValue {
    guard let value = members.removeValue(forKey: name) else { throw KnownAppFailure("'\(name)' is missing") }
    return value
  }

  private mutating func text(_ name: String) throws(KnownAppFailure) -> String {
    guard let text = try take(name).string, !text.isEmpty else { throw KnownAppFailure("'\(name)' is not text") }
    return text
  }

  private mutating func optionalText(_ name: String) throws(KnownAppFailure) -> String? {
    takeNull(name) ? nil : try text(name)
  }

  /// Whether it is present as null, which is then taken.
  private mutating func takeNull(_ name: String) -> Bool {
    guard members[name] == .null else { return false }
    members[name] = nil
    return true
  }

  private mutating func flag(_ name: String) throws(KnownAppFailure) -> Bool {
    guard let flag = try take(name).bool else { throw KnownAppFailure("'\(name)' is not true or false") }
    return flag
  }

  private mutating func elements(_ name: String) throws(KnownAppFailure) -> [JSONValue] {
    guard let elements = try take(name).array else { throw KnownAppFailure("'\(name)' is not a list") }
    return elements
  }

  private mutating func texts(_ name: String) throws(KnownAppFailure) -> [String] {
    let elements = try elements(name)
    let texts = elements.compactMap(\.string)
    guard texts.count == elements.count else { throw KnownAppFailure("'\(name)' has something that is not text") }
    return texts
  }

  /// Nil for null; a list must not be empty.
  private mutating func optionalTexts(_ name: String) throws(KnownAppFailure) -> [String]? {
    if takeNull(name) { return nil }
    let texts = try texts(name)
    guard !texts.isEmpty else { throw KnownAppFailure("'\(name)' is an empty list") }
    return texts
  }

  private mutating func appTexts(_ name: String) throws(KnownAppFailure) -> [AppText] {
    var found: [AppText] = []
    for text in try texts(name) { found.append(try AppText(text)) }
    return found
  }

  private mutating func optionalAppText(_ name: String) throws(KnownAppFailure) -> AppText? {
    guard let text = try optionalText(name) else { return nil }
    return try AppText(text)
  }

  private mutating func clientType() throws(KnownAppFailure) -> Bool {
    switch try text("clientType") {
    case "public": return true
    case "confidential": return false
    case let other: throw KnownAppFailure("the client type '\(other)' is not known")
    }
  }

  private mutating func choice<Choice: RawRepresentable<String>>(_ name: String) throws(KnownAppFailure) -> Choice {
    let text = try text(name)
    guard let choice = Choice(rawValue: text) else { throw KnownAppFailure("'\(text)' is not known as '\(name)'") }
    return choice
  }

  private mutating func settings() throws(KnownAppFailure) -> [KnownApp.Setting] {
    var settings: [KnownApp.Setting] = []
    for value in try elements("settings") {
      var reader = KnownAppReader(members: value.object ?? [:])
      settings.append(
        KnownApp.Setting(
          place: try Self.place(try reader.text("where")), key: try reader.text("key"),
          value: try AppText(try reader.text("value"))))
      try reader.finish()
    }
    return settings
  }

  private static func place(_ text: String) throws(KnownAppFailure) -> KnownApp.Place {
    if text == "environment" { return .environment }
    if text.hasPrefix("config file ") { return .file(String(text.dropFirst("config file ".count))) }
    if text.hasPrefix("web page ") { return .page(String(text.dropFirst("web page ".count))) }
    throw KnownAppFailure("settings in '\(text)' are not known")
  }
}
