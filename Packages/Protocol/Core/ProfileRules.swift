import Foundation

/// What a profile may contain: the REST API's rules, in one place for the services that store profiles.
extension Profile {
  public static let longestUsername = 50
  public static let longestName = 50
  public static let longestDisplayName = 100
  /// RFC 5321 §4.5.3.1.3: a path of 256 octets, less its angle brackets.
  public static let longestEmail = 254

  /// The profile without surrounding white space, its text in normal form C and an empty address turned into nil. Text
  /// that is too long stays as it is (`problems`).
  public var normalised: Profile {
    var profile = self
    profile.username = username.cleaned(characters: Self.longestUsername)
    profile.email = email?.cleaned(bytes: Self.longestEmail).nonEmpty
    profile.firstName = firstName.cleaned(characters: Self.longestName)
    profile.lastName = lastName.cleaned(characters: Self.longestName)
    profile.displayName = displayName?.cleaned(characters: Self.longestDisplayName)
    profile.locale = locale?.nonEmpty
    return profile
  }

  /// The display name to store: the chosen one, even if empty, or first and last name, or the username.
  public var nameToShow: String {
    displayName ?? Self.nameToShow("", firstName: firstName, lastName: lastName, username: username)
  }

  /// The name to show for a person.
  package static func nameToShow(_ displayName: String, firstName: String, lastName: String, username: String) -> String
  {
    if !displayName.isEmpty { return displayName }
    let full = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return full.isEmpty ? username : full
  }

  /// Everything that is wrong with a normalised profile; empty when it may be stored.
  public var problems: [FieldProblem] {
    var problems: [FieldProblem] = []
    if username.isEmpty {
      problems.append(FieldProblem("username", "required", "A username is needed."))
    } else if username.isLonger(thanCharacters: Self.longestUsername) {
      problems.append(FieldProblem("username", "too_long", "A username has at most 50 characters."))
    } else if !Self.isUsername(username) {
      problems.append(
        FieldProblem(
          "username", "invalid",
          "A username holds letters, digits, and . _ @ - between them; it begins and ends with a letter or digit."))
    }
    if let email, !Self.isEmail(email) {
      problems.append(FieldProblem("email", "invalid", "This is not an e-mail address, such as name@example.com."))
    }
    for (field, name) in [("firstName", firstName), ("lastName", lastName)] {
      problems += Self.nameProblems(field, name, longest: Self.longestName)
    }
    if let displayName { problems += Self.nameProblems("displayName", displayName, longest: Self.longestDisplayName) }
    if let locale, !Self.isLocale(locale) {
      problems.append(FieldProblem("locale", "invalid", "This is not a language tag, such as en or zh-CN."))
    }
    return problems
  }

  private static func nameProblems(_ field: String, _ name: String, longest: Int) -> [FieldProblem] {
    if name.isLonger(thanCharacters: longest) {
      return [FieldProblem(field, "too_long", "At most \(longest) characters.")]
    }
    guard name.unicodeScalars.allSatisfy({ !isControl($0) }) else {
      return [FieldProblem(field, "invalid", "Control characters cannot be part of a name.")]
    }
    return []
  }

  /// Line breaks, NUL and the like: they have no place in a name, and Postgres stores no NUL.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

  private static func isUsername(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
      return false
    }
    return bytes.allSatisfy { isAlphanumeric($0) || "_.@-".utf8.contains($0) }
  }

  /// One `@`, something before it, and a domain with a dot or a bare host name after it. Whether mail arrives there is
  /// shown only by sending some.
  static func isEmail(_ text: String) -> Bool {
    guard text.utf8.count <= longestEmail else { return false }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.allSatisfy { !$0.isEmpty }
      && text.unicodeScalars.allSatisfy { !isControl($0) && $0 != " " && !"<>()[],;:\\\"".unicodeScalars.contains($0) }
  }

  private static func isLocale(_ text: String) -> Bool {
    (2...35).contains(text.utf8.count)
      && text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { subtag in
        (1...8).contains(subtag.utf8.count)
          && subtag.utf8.allSatisfy { ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 || $0 >= 48 && $0 <= 57 }
      }
  }
}
