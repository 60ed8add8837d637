import LatchkeyProtocol
import OIDCRules

/// Where a client's people may be sent, and where the client learns that they have signed out.
extension Admin.ClientSettings {
  /// - Parameter imported: the client came with an export of another product, and may hold a bare `*`.
  func addressProblems(imported: Bool) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    // RFC 9700 §2.1: compared exactly. A public client has nothing but its address to show that it is the right one.
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
    return urls.enumerated().compactMap { index, url -> FieldProblem? in
      let place = "\(field)[\(index)]"
      guard callbackPatterns == true || !url.contains("*") else {
        return FieldProblem(
          place, "wildcard",
          "The URL has a *: enter it exactly as the app sends it, or choose that a * in URLs stands for anything.")
      }
      if url == "*" {
        guard !imported else { return nil }
        return FieldProblem(
          place, "anything", "A * alone would send sign-ins to any website: name a scheme and a host.")
      }
      do throws(CallbackURL.Refusal) {
        _ = try CallbackURL.validated(url.replacing("*", with: "x"))
        return nil
      } catch {
        return FieldProblem(place, "invalid", error.sentence)
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
