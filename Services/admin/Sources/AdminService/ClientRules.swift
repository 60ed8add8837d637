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
    // Empty means none here, since nil leaves it unchanged.
    settings.backchannelLogoutURI = backchannelLogoutURI.map(clean)
    settings.frontchannelLogoutURI = frontchannelLogoutURI.map(clean)
    // Only PKCE lets a public client prove that a code is its own (RFC 9700 §2.1.1).
    settings.pkceEnabled = pkceEnabled || isPublic
    return settings
  }

  /// With stars that stand for anything, as in Pocket ID, unless the settings say how to read them. A public client's
  /// addresses are compared exactly whatever was chosen before, so without a star it has no patterns.
  var readingStars: Admin.ClientSettings {
    guard callbackPatterns == nil else { return self }
    var settings = self
    let hasStar = (callbackURLs + logoutCallbackURLs).contains { $0.utf8.contains(UInt8(ascii: "*")) }
    if hasStar != isPublic { settings.callbackPatterns = hasStar }
    return settings
  }

  /// Whether these settings let codes go to new places, or to clients that prove less: another callback URL, stars that
  /// stand for more, no secret, no PKCE, no consent. In a browser, such a change needs a proof of presence, as adding a
  /// single callback URL does.
  func opensMore(than before: Admin.ClientSettings) -> Bool {
    let known = Set(before.callbackURLs.map { Array($0.utf8) })
    return callbackURLs.contains { !known.contains(Array($0.utf8)) } || isPublic && !before.isPublic
      || skipConsent && !before.skipConsent || !pkceEnabled && before.pkceEnabled
      || callbackPatterns == true && before.callbackPatterns != true
  }

  /// Problems with these settings, ``completed(by:)`` what the client has.
  /// - Parameter imported: the client came from another product's export.
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
    if let launchURL, !Self.isLaunchable(launchURL) {
      problems.append(FieldProblem("launchURL", "invalid", "This is not an address that opens an app."))
    }
    return problems
  }

  /// An `http` or `https` address, or one with an app's own scheme (`app://home`). Schemes that run or read something
  /// in the browser are neither. A fragment is up to the app, and is never sent anywhere.
  private static func isLaunchable(_ text: String) -> Bool {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fragment = parts.count == 2 ? String(parts[1]) : ""
    guard let address = parts.first.map(String.init), (try? RedirectURI(parsing: address)) != nil else { return false }
    // The same characters as everywhere in an address (RFC 3986 §3.5).
    return fragment.isEmpty || (try? RedirectURI(parsing: "https://localhost/?\(fragment)")) != nil
  }
}

enum ClientIDRule {
  /// An id that an administrator chose: 2 to 128 letters, digits, dots, underscores and hyphens.
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
