public import OIDCFacts

/// An authorization request as received (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): nothing in it is trusted.
public struct AuthorizationRequest: Sendable {
  public let parameters: FormParameters

  public init(_ parameters: FormParameters) { self.parameters = parameters }

  /// The client id that the request claims: the caller looks the client up by it.
  /// - Throws: `.page` when it is missing, too long or sent twice.
  public func clientID() throws(AuthorizationRefusal) -> String {
    do {
      return try Self.clientID(of: parameters)
    } catch {
      throw .page(error)
    }
  }

  /// Runs `AuthorizationRequest.checks` in order.
  /// - Parameter client: what is known about the client of `clientID()`; nil when there is none.
  /// - Throws: `.page` until the redirect URI is proven, `.redirect` from then on.
  public func checked(for client: ClientFacts?) throws(AuthorizationRefusal) -> CheckedAuthorizationRequest {
    var draft = Draft(parameters: parameters, candidate: client)
    for check in Self.checks {
      do {
        try check.run(&draft)
      } catch {
        throw draft.refusal(error)
      }
    }
    guard let request = CheckedAuthorizationRequest(draft) else {
      throw .page(OAuthError(.serverError, "The request could not be checked."))
    }
    return request
  }

  static func clientID(of parameters: FormParameters) throws(OAuthError) -> String {
    guard let id = try parameters.oauthValue("client_id") else {
      throw OAuthError(.invalidRequest, "The parameter 'client_id' is missing.")
    }
    guard id.utf8.count <= Limits.clientID else {
      throw OAuthError(.invalidRequest, "The parameter 'client_id' is longer than \(Limits.clientID) bytes.")
    }
    return id
  }
}

extension AuthorizationRequest {
  /// What the checks have established so far.
  struct Draft {
    let parameters: FormParameters
    /// The client as looked up: not `client` before its id has been compared.
    let candidate: ClientFacts?

    var client: ClientFacts?
    var redirectURI: ProvenRedirectURI?
    var redirectURIWasSent = false
    /// A request object is refused; until then, this says how to send the refusal.
    var unverifiedObject: UnverifiedRequestObject?
    var state: String?
    var responseMode = ResponseMode.query
    var scopes: [String] = []
    var challenge: PKCE.Challenge?
    var nonce: String?
    var prompts: Set<Prompt> = []
    var maxAge: Int?
    var claims: ClaimsParameter?
    var idTokenHint: String?
    var loginHint: String?
    var acrValues: [String] = []
    var uiLocales: [String] = []

    init(parameters: FormParameters, candidate: ClientFacts?) {
      self.parameters = parameters
      self.candidate = candidate
    }

    /// Whether a response can reach the redirect URI in this mode.
    func mayAnswer(by mode: ResponseMode) -> Bool { mode != .formPost || redirectURI?.uri.isHTTP == true }

    /// RFC 6749 §4.1.2.1: to the client only once its redirect URI is proven.
    func refusal(_ error: OAuthError) -> AuthorizationRefusal {
      guard let redirectURI else { return .page(error) }
      return .redirect(redirectURI, mode: responseMode, state: state, error)
    }
  }

  typealias Check = FormCheck<Draft>
}

extension FormParameters {
  /// `value(_:)` that throws its refusal as an OAuth error.
  func oauthValue(_ name: String) throws(OAuthError) -> String? {
    do { return try value(name) } catch { throw OAuthError(error) }
  }
}
