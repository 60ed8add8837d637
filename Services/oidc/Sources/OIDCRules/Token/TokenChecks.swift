// The checks of the token endpoint, in order. First what was sent, then (after `PresentedCredentials.authenticated`, so
// that nobody learns about or spends a code without being its client) what is stored.
extension TokenRequest {
  static let checks: [Check] = [
    Check("query", "RFC 6749 §3.2: parameters in the body only", query),
    Check("duplicates", "RFC 6749 §3.2: no parameter twice", duplicates),
    Check("client authentication", "RFC 6749 §2.3: exactly one method", credentials),
    Check("grant_type", "RFC 6749 §4.1.3, §5.2", grantType),
    Check("grant parameters", "RFC 6749 §4.1.3, RFC 7636 §4.5", grantParameters),
  ]

  private static func query(_ draft: inout Draft) throws(OAuthError) {
    guard !draft.request.hasQuery else {
      throw OAuthError(.invalidRequest, "The token endpoint takes its parameters in the body, not in the query.")
    }
  }

  private static func duplicates(_ draft: inout Draft) throws(OAuthError) {
    do { try draft.request.form.refuseDuplicates() } catch { throw OAuthError(error) }
  }

  private static func credentials(_ draft: inout Draft) throws(OAuthError) {
    draft.credentials = try PresentedCredentials.read(
      authorization: draft.request.authorization, form: draft.request.form)
  }

  private static func grantType(_ draft: inout Draft) throws(OAuthError) {
    guard let text = try draft.request.form.oauthValue("grant_type") else {
      throw OAuthError(.invalidRequest, "The parameter 'grant_type' is missing.")
    }
    guard let type = GrantType(rawValue: text) else {
      throw OAuthError(.unsupportedGrantType, "The grant type '\(text)' is not supported.")
    }
    draft.grantType = type
  }

  private static func grantParameters(_ draft: inout Draft) throws(OAuthError) {
    let form = draft.request.form
    switch draft.grantType {
    case .authorizationCode:
      guard let code = try form.oauthValue("code") else {
        throw OAuthError(.invalidRequest, "The parameter 'code' is missing.")
      }
      guard code.utf8.count <= Limits.code else {
        throw OAuthError(.invalidGrant, "The code is longer than \(Limits.code) bytes.")
      }
      draft.grant = .authorizationCode(
        AuthorizationCodeRequest(
          code: code, redirectURI: try form.oauthValue("redirect_uri"),
          codeVerifier: try form.oauthValue("code_verifier")))
    case nil: break
    }
  }
}

extension AuthorizationCodeGrant {
  // Who may redeem the code comes first (CVE-2026-28513: each of these refuses on its own), so that only its owner can
  // be told "reused", and only its owner's reuse ends what it gave.
  static let checks: [Check] = [
    Check("client", "RFC 6749 §4.1.3: issued to the authenticated client", client),
    Check("redirect_uri", "RFC 6749 §4.1.3: identical, if it was sent", redirectURI),
    Check("code_verifier", "RFC 7636 §4.6; RFC 9700 §4.8.2", codeVerifier),
    Check("spent", "RFC 6749 §4.1.2: once; what it gave ends", spent),
    Check("expiry", "RFC 6749 §4.1.2", expiry),
    Check("user", "the user is enabled and may use the client, now", user),
  ]

  private static func client(_ facts: Facts) throws(CodeRefusal) {
    guard facts.code.clientID.utf8.elementsEqual(facts.client.id.utf8) else {
      throw .refused(invalid("The code was not given to this client."))
    }
  }

  private static func redirectURI(_ facts: Facts) throws(CodeRefusal) {
    guard let sent = facts.request.redirectURI else {
      guard !facts.code.redirectURIWasSent else {
        throw .refused(invalid("The redirect_uri of the authorization request is missing."))
      }
      return
    }
    // Compared by bytes: Swift's == takes canonically equivalent strings for equal.
    guard sent.utf8.elementsEqual(facts.code.redirectURI.utf8) else {
      throw .refused(invalid("The redirect_uri is not the one of the authorization request."))
    }
  }

  private static func codeVerifier(_ facts: Facts) throws(CodeRefusal) {
    do {
      try PKCE.verify(facts.request.codeVerifier, against: facts.code.challenge)
    } catch {
      throw .refused(error)
    }
  }

  private static func spent(_ facts: Facts) throws(CodeRefusal) {
    guard facts.code.spentBy == nil || facts.isRepeat else {
      throw .reused(invalid("The code was used before: what it gave has been revoked."))
    }
  }

  /// A retry of the request that spent it repeats its outcome, however late it arrives.
  private static func expiry(_ facts: Facts) throws(CodeRefusal) {
    guard facts.isRepeat || facts.now < facts.code.expiresAt else {
      throw .refused(invalid("The code has expired."))
    }
  }

  private static func user(_ facts: Facts) throws(CodeRefusal) {
    guard facts.code.userMayUseClient else {
      throw .refused(invalid("The user is disabled or may no longer use this client."))
    }
  }
}
