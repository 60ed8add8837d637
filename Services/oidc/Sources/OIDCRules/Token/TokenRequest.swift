/// The grants of the token endpoint. A new one is a case here, a case of `TokenRequest.Grant` and a file of its own.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
  case authorizationCode = "authorization_code"
  case refreshToken = "refresh_token"
  case clientCredentials = "client_credentials"
}

/// A token request as received (RFC 6749 §3.2): nothing in it is trusted.
public struct TokenRequest: Sendable {
  let received: ReceivedForm

  public init(_ received: ReceivedForm) { self.received = received }

  /// What a request asks for, by grant.
  public enum Grant: Sendable, Equatable {
    case authorizationCode(AuthorizationCodeRequest)
    case refreshToken(RefreshTokenRequest)
    case clientCredentials(ClientCredentialsRequest)
  }

  /// Runs `TokenRequest.checks` in order: everything that can be checked before anything is looked up.
  public func checked() throws(OAuthError) -> CheckedTokenRequest {
    var draft = Draft(received: received)
    for check in Self.checks { try check.run(&draft) }
    guard let credentials = draft.credentials, let grant = draft.grant else {
      throw OAuthError(.serverError, "The request could not be checked.")
    }
    return CheckedTokenRequest(credentials: credentials, grant: grant)
  }

  struct Draft: ClientDraft {
    let received: ReceivedForm
    var credentials: PresentedCredentials?
    var grantType: GrantType?
    var grant: Grant?
  }
}

/// A well-formed token request; whether it is true is looked up next.
public struct CheckedTokenRequest: Sendable, Equatable {
  public let credentials: PresentedCredentials
  public let grant: TokenRequest.Grant
}
