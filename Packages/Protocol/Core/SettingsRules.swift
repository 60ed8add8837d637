import Encodings
import Foundation

/// What settings may hold: one rule for the REST API, the page and the environment.
extension ApplicationSettings {
  /// Stands for a secret that is kept: shown in its place, and sent back to leave it as it is.
  public static let mask = "XXXXXXXXXX"
  /// Characters of any one setting: default claims for a dozen apps fit.
  public static let longestValue = 4_000
  public static let longestName = 30
  /// Minutes of a session without use: a month at most.
  public static let sessionMinutes = 1...43_200
  /// Default groups and default claims of those who sign up.
  public static let mostDefaults = 50

  /// Surrounding white space gone, text in normal form C; a secret is left as it is.
  public static func normalised(_ value: String, _ definition: Definition) -> String {
    definition.form == .secret
      ? value : value.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
  }

  /// Everything that is wrong with what is chosen, by the REST API's names; an empty value is the default and never
  /// wrong.
  public var problems: [FieldProblem] {
    Self.definitions.flatMap { definition -> [FieldProblem] in
      guard let value = chosen[definition.key], !value.isEmpty else { return [] }
      return Self.problem(value, definition).map { [FieldProblem(definition.key, $0.code, $0.message)] } ?? []
    }
  }

  /// Why a setting cannot hold a value; nil when it can.
  public static func problem(_ value: String, _ definition: Definition) -> (code: String, message: String)? {
    if value.count > longestValue { return ("too_long", "At most \(longestValue) characters.") }
    if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return ("invalid", "Control characters cannot be part of it.")
    }
    if let unavailable = unavailable(value, definition) { return ("unsupported", unavailable) }
    switch definition.form {
    case .text, .secret: return nil
    case .name:
      return value.count <= longestName ? nil : ("too_long", "A name has at most \(longestName) characters.")
    case .address:
      return isHomePage(value) ? nil : ("invalid", "Expected a path such as /settings/account, or a web address.")
    case .colour:
      return isColour(value) ? nil : ("invalid", "Expected default, or a colour such as #a5701f.")
    case .email:
      return Profile.isEmail(value) ? nil : ("invalid", "This is not an e-mail address, such as name@example.com.")
    case .port: return inRange(value, 1...65_535) ? nil : ("invalid", "Expected a port from 1 to 65535.")
    case .flag: return value == "true" || value == "false" ? nil : ("invalid", "Expected true or false.")
    case .minutes: return inRange(value, sessionMinutes) ? nil : ("invalid", "Expected 1 to 43200 minutes.")
    case .oneOf(let values): return values.contains(value) ? nil : ("invalid", "Expected \(listed(values)).")
    case .groupIDs:
      guard let ids = groupIDs(value) else { return ("invalid", "Expected a JSON array of group ids.") }
      return ids.count <= mostDefaults ? nil : ("too_many", "At most \(mostDefaults) groups.")
    case .claims: return claimsProblem(value)
    case .urlPatterns: return nil
    }
  }

  /// Accepted from clients that send the whole configuration back, but not available.
  private static func unavailable(_ value: String, _ definition: Definition) -> String? {
    switch definition.key {
    case "ldapEnabled" where value == "true": "LDAP is not available in this release."
    case "cimdUrlAllowlist" where value.filter({ !$0.isWhitespace }) != "[]":
      "Apps that describe themselves at a URL are not available in this release."
    default: nil
    }
  }

  private static func inRange(_ text: String, _ range: ClosedRange<Int>) -> Bool {
    // Digits alone: `Int` also reads a sign.
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(text).map(range.contains) ?? false
  }

  private static func listed(_ values: [String]) -> String {
    values.dropLast().joined(separator: ", ") + " or " + (values.last ?? "")
  }

  /// A path on this site, or an http or https address. What a browser reads as another site ("//host", "/\host") is not
  /// a path.
  private static func isHomePage(_ text: String) -> Bool {
    guard text.unicodeScalars.allSatisfy({ $0 != " " && $0 != "\\" }) else { return false }
    if text.hasPrefix("/") { return !text.hasPrefix("//") }
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else { return false }
    return ["http", "https"].contains(scheme) && url.host()?.isEmpty == false && url.user() == nil
  }

  /// `default`, `#rgb`, `#rrggbb`, a name such as `teal`, or `rgb()`, `hsl()`, `oklch()` of three or four numbers:
  /// never any other CSS.
  private static func isColour(_ text: String) -> Bool {
    let text = text.lowercased()
    if text == "default" || CSSColours.hexadecimal(text) != nil { return true }
    if text.hasPrefix("#") {
      return (text.count == 4 || text.count == 7) && text.dropFirst().utf8.allSatisfy(isHexDigit)
    }
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")"),
      ["rgb", "rgba", "hsl", "hsla", "oklch"].contains(text[..<open])
    else { return false }
    let numbers = text[text.index(after: open)...].dropLast().split { ", /".contains($0) }
    return (3...4).contains(numbers.count)
      && numbers.allSatisfy { number in
        let bare = number.hasSuffix("deg") ? number.dropLast(3) : number.hasSuffix("%") ? number.dropLast() : number
        return Double(bare)?.isFinite == true
      }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  /// The ids in a JSON array; nil where it is none.
  private static func groupIDs(_ text: String) -> [GroupID]? {
    guard let elements = (try? JSONValue(json: text))?.array else { return nil }
    let ids = elements.compactMap { $0.string.flatMap { GroupID($0) } }
    return ids.count == elements.count ? ids : nil
  }

  private static func claims(_ text: String) -> [CustomClaim]? {
    guard let elements = (try? JSONValue(json: text))?.array else { return nil }
    let claims = elements.compactMap { element -> CustomClaim? in
      guard let key = element["key"]?.string, let value = element["value"]?.string else { return nil }
      return CustomClaim(key: key, value: value)
    }
    return claims.count == elements.count ? claims : nil
  }

  private static func claimsProblem(_ text: String) -> (code: String, message: String)? {
    guard let claims = claims(text) else { return ("invalid", "Expected a JSON array of {\"key\", \"value\"}.") }
    if claims.count > mostDefaults { return ("too_many", "At most \(mostDefaults) claims.") }
    if claims.contains(where: { $0.key.trimmingCharacters(in: .whitespaces).isEmpty || $0.value.isEmpty }) {
      return ("invalid", "A claim has a name and a value.")
    }
    if Set(claims.map(\.key)).count < claims.count { return ("duplicate_claim", "A claim is there twice.") }
    return nil
  }

  /// The groups that people join when they sign up.
  public var signupDefaultGroups: [GroupID] { Self.groupIDs(self["signupDefaultUserGroupIDs"]) ?? [] }

  /// The claims that people get when they sign up.
  public var signupDefaultClaims: [CustomClaim] { Self.claims(self["signupDefaultCustomClaims"]) ?? [] }
}
