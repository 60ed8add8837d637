public import OIDCFacts

/// How the response is delivered, one case per mode; the response's builder switches over it.
public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
  /// OAuth 2.0 Multiple Response Type Encoding Practices §2.1; the default for codes.
  case query
  case fragment
  /// OAuth 2.0 Form Post Response Mode §2.
  case formPost = "form_post"
}

/// An authorization request that passed every check. Only `AuthorizationRequest.checked` makes one, and the later steps
/// accept only this type.
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

  /// `offline_access`: the grant outlives the browser's session (Core §11).
  public var isOffline: Bool { scopes.contains(Scope.offlineAccess) }

  /// What the user agrees to: the requested scopes, and those that would release the individually requested claims
  /// (Core §5.5). So every claim that is released was named by a sentence of the consent page.
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

/// A refused authorization request, and where the refusal may be shown.
public enum AuthorizationRefusal: Error, Sendable, Hashable {
  /// Client or redirect URI is unproven (RFC 6749 §4.1.2.1: MUST NOT redirect), or the refusal concerns only the person
  /// at the browser.
  case page(OAuthError)
  case redirect(ProvenRedirectURI, mode: ResponseMode, state: String?, OAuthError)

  public var error: OAuthError {
    switch self {
    case .page(let error), .redirect(_, _, _, let error): error
    }
  }
}
