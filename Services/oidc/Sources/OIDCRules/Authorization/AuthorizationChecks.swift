import OIDCFacts

// The checks of the authorization endpoint. Until `redirect_uri` has passed, a refusal is a page; after it, a redirect.
extension AuthorizationRequest {
  static let checks: [Check] = [
    Check("client_id", "RFC 6749 §4.1.1: required, once", clientIsKnown),
    Check("redirect_uri", "RFC 9700 §2.1: exact, or a chosen pattern; RFC 8252 §7.3: any loopback port", redirectURI),
    Check("way back", "Form Post Response Mode §2: errors travel as the answer would", wayBack),
    Check("state", "RFC 6749 §4.1.1: echoed in every answer from here on", state),
    Check("duplicates", "RFC 6749 §3.1: no parameter twice", duplicates),
    Check("response_type", "RFC 6749 §3.1.1; RFC 9700 §2.1.2: code only", responseType),
    Check("response_mode", "OAuth 2.0 Multiple Response Type Encoding Practices §2.1", responseMode),
    Check("request", "Core §6.1: refused, never ignored", requestObject),
    Check("request_uri", "Core §6.2: refused, never ignored", requestURI),
    Check("scope", "RFC 6749 §3.3: unknown values dropped", scope),
    Check("code_challenge", "RFC 7636 §4.3; RFC 9700 §2.1.1: S256, required for public clients", codeChallenge),
    Check("nonce", "Core §3.1.2.1: echoed in the ID token", nonce),
    Check("prompt", "Core §3.1.2.1: none alone; what discovery does not list is refused", prompt),
    Check("max_age", "Core §3.1.2.1: whole seconds", maxAge),
    Check("claims", "Core §5.5: a JSON object", claims),
    Check("acr", "Core §5.5.1.1: an essential acr that nobody has fails", acr),
    Check("hints", "Core §3.1.2.1: never a reason to refuse", hints),
  ]

  private static func clientIsKnown(_ draft: inout Draft) throws(OAuthError) {
    let id = try clientID(of: draft.parameters)
    guard let candidate = draft.candidate, candidate.id.utf8.elementsEqual(id.utf8) else {
      throw OAuthError(.invalidClient, "No client has this client_id.", answer: .plain)
    }
    draft.client = candidate
  }

  private static func redirectURI(_ draft: inout Draft) throws(OAuthError) {
    let registered = draft.client?.callbackURLs ?? []
    let sent = try draft.parameters.oauthValue("redirect_uri")
    // RFC 6749 §3.1.2.3: it may be omitted when exactly one is registered. Core §3.1.2.1 requires it.
    guard let text = sent ?? soleCallback(draft, registered) else {
      throw OAuthError(.invalidRequest, "The parameter 'redirect_uri' is missing.")
    }
    let uri: RedirectURI
    do {
      uri = try RedirectURI(parsing: text)
    } catch {
      throw OAuthError(.invalidRequest, error.sentence())
    }
    guard let proven = uri.proven(by: registered, patterns: draft.client?.patterns ?? .exact) else {
      throw OAuthError(.invalidRequest, "The redirect URI is not one of those registered for this client.")
    }
    draft.redirectURI = proven
    draft.redirectURIWasSent = sent != nil
  }

  private static func soleCallback(_ draft: Draft, _ registered: [String]) -> String? {
    let asksForIdentity = draft.parameters.values("scope").contains { $0.split(separator: " ").contains("openid") }
    guard registered.count == 1, !asksForIdentity, let sole = registered.first else { return nil }
    // A pattern is not an address that a browser could be sent to.
    return draft.client?.patterns.isPattern(sole) == true ? nil : sole
  }

  /// A valid response mode applies to every refusal from here on. Whether it is valid is checked below, when there is a
  /// state to send with the refusal.
  private static func wayBack(_ draft: inout Draft) throws(OAuthError) {
    draft.unverifiedObject = UnverifiedRequestObject(draft.parameters)
    let values = draft.unverifiedObject?.responseMode.map { [$0] } ?? draft.parameters.values("response_mode")
    guard values.count == 1, let mode = ResponseMode(rawValue: values[0]), draft.mayAnswer(by: mode) else { return }
    draft.responseMode = mode
  }

  private static func state(_ draft: inout Draft) throws(OAuthError) {
    let sent = try draft.parameters.oauthValue("state")
    guard let state = draft.unverifiedObject?.state ?? sent else { return }
    guard state.utf8.count <= Limits.state else {
      throw OAuthError(.invalidRequest, "The parameter 'state' is longer than \(Limits.state) bytes.")
    }
    try refuseControlCharacters(state, "state")
    draft.state = state
  }

  private static func duplicates(_ draft: inout Draft) throws(OAuthError) {
    do { try draft.parameters.refuseDuplicates() } catch { throw OAuthError(error) }
  }

  private static func responseType(_ draft: inout Draft) throws(OAuthError) {
    guard let type = try draft.parameters.oauthValue("response_type") else {
      throw OAuthError(.invalidRequest, "The parameter 'response_type' is missing.")
    }
    guard type == "code" else {
      throw OAuthError(.unsupportedResponseType, "Only the response type 'code' is supported.")
    }
  }

  private static func responseMode(_ draft: inout Draft) throws(OAuthError) {
    guard let text = try draft.parameters.oauthValue("response_mode") else { return }
    guard let mode = ResponseMode(rawValue: text) else {
      throw OAuthError(.invalidRequest, "The response mode '\(text)' is not supported.")
    }
    // HTML §4.10.21.3: a form is posted to http and https only.
    guard draft.mayAnswer(by: mode) else {
      throw OAuthError(.invalidRequest, "The response mode 'form_post' needs an http or https redirect URI.")
    }
  }

  private static func requestObject(_ draft: inout Draft) throws(OAuthError) {
    if try draft.parameters.oauthValue("request") != nil {
      throw OAuthError(.requestNotSupported, "Request objects are not supported.")
    }
  }

  private static func requestURI(_ draft: inout Draft) throws(OAuthError) {
    if try draft.parameters.oauthValue("request_uri") != nil {
      throw OAuthError(.requestURINotSupported, "The parameter 'request_uri' is not supported.")
    }
  }

  private static func scope(_ draft: inout Draft) throws(OAuthError) {
    draft.scopes = try Scope.granted(from: draft.parameters.oauthValue("scope"))
  }

  private static func codeChallenge(_ draft: inout Draft) throws(OAuthError) {
    draft.challenge = try PKCE.challenge(
      draft.parameters.oauthValue("code_challenge"), method: draft.parameters.oauthValue("code_challenge_method"),
      required: draft.client?.requiresPKCE ?? true)
  }

  private static func nonce(_ draft: inout Draft) throws(OAuthError) {
    guard let nonce = try draft.parameters.oauthValue("nonce") else { return }
    guard nonce.utf8.count <= Limits.nonce else {
      throw OAuthError(.invalidRequest, "The parameter 'nonce' is longer than \(Limits.nonce) bytes.")
    }
    try refuseControlCharacters(nonce, "nonce")
    draft.nonce = nonce
  }

  private static func prompt(_ draft: inout Draft) throws(OAuthError) {
    draft.prompts = try Prompt.parse(draft.parameters.oauthValue("prompt"))
  }

  private static func maxAge(_ draft: inout Draft) throws(OAuthError) {
    guard let text = try draft.parameters.oauthValue("max_age") else { return }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let seconds = Int(text),
      seconds <= Limits.maxAge
    else {
      throw OAuthError(
        .invalidRequest, "The parameter 'max_age' is not a number of seconds from 0 to \(Limits.maxAge).")
    }
    draft.maxAge = seconds
  }

  private static func claims(_ draft: inout Draft) throws(OAuthError) {
    draft.claims = try ClaimsParameter.parse(draft.parameters.oauthValue("claims"))
  }

  private static func acr(_ draft: inout Draft) throws(OAuthError) {
    guard let essential = draft.claims?.essentialACR, !essential.contains(ACR.phishingResistant) else { return }
    throw OAuthError(
      .unmetAuthenticationRequirements, "No authentication here has an acr that the claims parameter calls essential.")
  }

  /// `display` and `claims_locales` ask for choices that we do not have, so they are not even read.
  private static func hints(_ draft: inout Draft) throws(OAuthError) {
    draft.idTokenHint = try draft.parameters.oauthValue("id_token_hint")
    draft.loginHint = try draft.parameters.oauthValue("login_hint")
    draft.acrValues = try words(draft.parameters.oauthValue("acr_values"))
    draft.uiLocales = try words(draft.parameters.oauthValue("ui_locales"))
  }

  private static func words(_ text: String?) -> [String] { (text ?? "").split(separator: " ").map(String.init) }

  private static func refuseControlCharacters(_ text: String, _ name: String) throws(OAuthError) {
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw OAuthError(.invalidRequest, "The parameter '\(name)' has a control character.")
    }
  }
}
