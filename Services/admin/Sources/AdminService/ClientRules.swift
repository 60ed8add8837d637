import Foundation
import LatchkeyProtocol
import OIDCRules

/// What a client may look like: the REST API's rules.
extension Admin.ClientSettings {
  /// With surrounding white space gone and text in normal form C.
  var normalised: Admin.ClientSettings {
    func clean(_ address: String) -> String { address.cleaned(bytes: OIDCRules.Limits.redirectURI) }
    var settings = self
    settings.name = name.cleaned(characters: Limits.clientName)
    settings.description = description.cleaned(characters: Limits.clientDescription)
    settings.callbackURLs = callbackURLs.map(clean)
    settings.logoutCallbackURLs = logoutCallbackURLs.map(clean)
    settings.launchURL = launchURL.map(clean)?.nonEmpty
    // Empty stands for none here, since nil leaves it as it was.
    settings.backchannelLogoutURI = backchannelLogoutURI.map(clean)
    settings.frontchannelLogoutURI = frontchannelLogoutURI.map(clean)
    // A public client has nothing but PKCE to prove that a code is its own (RFC 9700 §2.1.1).
    settings.pkceEnabled = pkceEnabled || isPublic
    return settings
  }

  /// With what was not said as it was before: a program that does not know of a setting does not change it.
  func completed(by before: Admin.ClientSettings) -> Admin.ClientSettings {
    var settings = self
    func keep<Value>(_ setting: WritableKeyPath<Admin.ClientSettings, Value?>) {
      settings[keyPath: setting] = settings[keyPath: setting] ?? before[keyPath: setting]
    }
    keep(\.isGroupRestricted)
    keep(\.callbackPatterns)
    keep(\.userinfoOnly)
    keep(\.idTokenAlgorithm)
    keep(\.accessTokenAlgorithm)
    keep(\.backchannelLogoutURI)
    keep(\.backchannelLogoutSessionRequired)
    keep(\.frontchannelLogoutURI)
    keep(\.frontchannelLogoutSessionRequired)
    return settings
  }

  /// Whether they let codes go where they did not, or to whom proves less: another callback URL, stars that stand for
  /// more, no secret, no PKCE, no consent. Whoever says so at a browser proves that they are there, as with one
  /// callback URL alone.
  func opensMore(than before: Admin.ClientSettings) -> Bool {
    let known = Set(before.callbackURLs.map { Array($0.utf8) })
    return callbackURLs.contains { !known.contains(Array($0.utf8)) } || isPublic && !before.isPublic
      || skipConsent && !before.skipConsent || !pkceEnabled && before.pkceEnabled
      || callbackPatterns == true && before.callbackPatterns != true
  }

  /// What stands against these settings, ``completed(by:)`` what the client has.
  /// - Parameter imported: the client came with an export of another product.
  func problems(imported: Bool = false) -> [FieldProblem] {
    textProblems + addressProblems(imported: imported) + logoutProblems + tokenProblems
  }

  private var textProblems: [FieldProblem] {
    var problems: [FieldProblem] = []
    if name.isEmpty {
      problems.append(FieldProblem("name", "required", "A name is needed."))
    } else if name.isLonger(thanCharacters: Limits.clientName) {
      problems.append(FieldProblem("name", "too_long", "A name has at most \(Limits.clientName) characters."))
    }
    if description.isLonger(thanCharacters: Limits.clientDescription) {
      problems.append(
        FieldProblem("description", "too_long", "A description has at most \(Limits.clientDescription) characters."))
    }
    for (field, text) in [("name", name), ("description", description)]
    where text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      problems.append(FieldProblem(field, "invalid", "Control characters cannot be part of it."))
    }
    if let launchURL, !Self.isWebAddress(launchURL) {
      problems.append(FieldProblem("launchURL", "invalid", "This is not an http or https address."))
    }
    return problems
  }

  private static func isWebAddress(_ text: String) -> Bool {
    (try? RedirectURI(parsing: text))?.isHTTP == true
  }
}

enum ClientIDRule {
  /// The id that an administrator wishes for: 2 to 128 of letters, digits, dot, underscore and hyphen.
  static func problems(_ id: String) -> [FieldProblem] {
    let allowed = id.utf8.allSatisfy { byte in
      (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte >= 48 && byte <= 57 || "._-".utf8.contains(byte)
    }
    guard allowed, (2...128).contains(id.utf8.count) else {
      return [FieldProblem("id", "invalid", "An id has 2 to 128 letters, digits, dots, underscores or hyphens.")]
    }
    return []
  }
}
