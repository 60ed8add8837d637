public import OIDCFacts

/// How the answer travels. One case a mode; the answer's builder switches over it.
public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
  /// OAuth 2.0 Multiple Response Type Encoding Practices §2.1; the default for codes.
  case query
  case fragment
  /// OAuth 2.0 Form Post Response Mode §2.
  case formPost = "form_post"
}

/// An authorization request that passed every check. Only `AuthorizationRequest.checked` makes one, and only this type
/// is accepted by what comes after.
public struct CheckedAuthorizationRequest: Sendable, Hashable {
  public let client: ClientFacts
  public let redirectURI: ProvenRedirectURI
  /// RFC 6749 §4.1.3: the token request must repeat it if, and only if, it was sent.
  public let redirectURIWasSent: Bool
  public let state: String?
  public let responseMode: ResponseMode
  /// Supported scopes only, in the order asked for.
  public let scopes: [String]
  public let challenge: PKCE.Challenge?
  public let nonce: String?
  public let prompts: Set<Prompt>
  /// Seconds.
  public let maxAge: Int?
  public let claims: ClaimsParameter?
  /// An ID token as received: unverified. See `IDTokenHint`.
  public let idTokenHint: String?
  public let loginHint: String?
  /// Authentication context classes in order of preference; voluntary (Core §3.1.2.1).
  public let acrValues: [String]
  /// Languages for the pages, in order of preference.
  public let uiLocales: [String]

  /// `offline_access`: what is given outlives the browser's session (Core §11).
  public var isOffline: Bool { scopes.contains(Scope.offlineAccess) }

  /// What the person agrees to: the scopes asked for, and those under which single claims asked for would be released
  /// (Core §5.5). So no claim is released that a sentence of the consent page did not name.
  public var consentScopes: [String] {
    scopes + (claims?.coveringScopes ?? []).filter { !scopes.contains($0) }
  }

  init?(_ draft: AuthorizationRequest.Draft) {
    guard let client = draft.client, let redirectURI = draft.redirectURI else { return nil }
    self.client = client
    self.redirectURI = redirectURI
    redirectURIWasSent = draft.redirectURIWasSent
    state = draft.state
    responseMode = draft.responseMode
    scopes = draft.scopes
    challenge = draft.challenge
    nonce = draft.nonce
    prompts = draft.prompts
    maxAge = draft.maxAge
    claims = draft.claims
    idTokenHint = draft.idTokenHint
    loginHint = draft.loginHint
    acrValues = draft.acrValues
    uiLocales = draft.uiLocales
  }
}

/// A refused authorization request, and where the refusal may be said.
public enum AuthorizationRefusal: Error, Sendable, Hashable {
  /// Client or redirect URI is unproven (RFC 6749 §4.1.2.1: MUST NOT redirect), or it is a matter for the person in
  /// front of the browser only.
  case page(OAuthError)
  case redirect(ProvenRedirectURI, mode: ResponseMode, state: String?, OAuthError)

  public var error: OAuthError {
    switch self {
    case .page(let error), .redirect(_, _, _, let error): error
    }
  }
}
