import LatchkeyProtocol
import OIDCRules

/// Where a client's users may be sent, and where the client learns that they have signed out.
extension Admin.ClientSettings {
  /// - Parameter imported: the client came from another product's export, and may hold a bare `*`.
  func addressProblems(imported: Bool) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    // RFC 9700 §2.1: compared exactly. Only its address shows that a public client is the right one.
    if isPublic, callbackPatterns == true {
      problems.append(
        FieldProblem(
          "callbackURLPatterns", "public",
          "A public client's callback URLs are compared exactly: turn the patterns off, or let it have a secret."))
    }
    problems += urlProblems("callbackURLs", callbackURLs, imported: imported)
    problems += urlProblems("logoutCallbackURLs", logoutCallbackURLs, imported: imported)
    return problems
  }

  private func urlProblems(_ field: String, _ urls: [String], imported: Bool) -> [FieldProblem] {
    if urls.count > Limits.callbackURLs {
      return [FieldProblem(field, "too_many", "At most \(Limits.callbackURLs) addresses.")]
    }
    let patterns = CallbackPatterns(isPublic: isPublic, chosen: callbackPatterns == true, imported: imported)
    return urls.enumerated().compactMap { index, url -> FieldProblem? in
      do throws(CallbackURL.Refusal) {
        try CallbackURL.validated(url, patterns: patterns)
        return nil
      } catch {
        return FieldProblem("\(field)[\(index)]", error.code, error.sentence)
      }
    }
  }

  var logoutProblems: [FieldProblem] {
    let addresses: [(String, String?, LogoutURI.Channel)] = [
      ("backchannelLogoutURL", backchannelLogoutURI, .back), ("frontchannelLogoutURL", frontchannelLogoutURI, .front),
    ]
    return addresses.compactMap { field, url, channel -> FieldProblem? in
      guard let url, !url.isEmpty else { return nil }
      do throws(LogoutURI.Refusal) {
        _ = try LogoutURI.validated(url, channel, isPublic: isPublic, callbackURLs: callbackURLs)
        return nil
      } catch {
        return FieldProblem(field, "invalid", error.sentence)
      }
    }
  }
}

extension CallbackURL.Refusal {
  /// What programs and translations key on.
  fileprivate var code: String {
    switch self {
    case .wildcard: "wildcard"
    case .tooBroad: "anything"
    case .malformed, .pattern, .responseParameter: "invalid"
    }
  }
}
