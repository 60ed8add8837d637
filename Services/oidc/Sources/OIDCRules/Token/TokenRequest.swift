/// The grants of the token endpoint. A new one is a case here, a case of `TokenRequest.Grant` and a file of its own.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
  case authorizationCode = "authorization_code"
}

/// A token request as received (RFC 6749 §3.2): nothing in it is believed.
public struct TokenRequest: Sendable {
  /// Every `Authorization` header.
  let authorization: [String]
  let form: FormParameters
  let hasQuery: Bool

  public init(authorization: [String], form: FormParameters, hasQuery: Bool) {
    self.authorization = authorization
    self.form = form
    self.hasQuery = hasQuery
  }

  /// What a request asks for, by grant.
  public enum Grant: Sendable, Equatable {
    case authorizationCode(AuthorizationCodeRequest)
  }

  /// Runs `TokenRequest.checks` in order: everything that can be said before anything is looked up.
  public func checked() throws(OAuthError) -> CheckedTokenRequest {
    var draft = Draft(request: self)
    for check in Self.checks { try check.run(&draft) }
    guard let credentials = draft.credentials, let grant = draft.grant else {
      throw OAuthError(.serverError, "The request could not be checked.")
    }
    return CheckedTokenRequest(credentials: credentials, grant: grant)
  }

  struct Draft {
    let request: TokenRequest
    var credentials: PresentedCredentials?
    var grantType: GrantType?
    var grant: Grant?
  }

  /// One check: what it is about, the clause it enforces, and the rule.
  struct Check: Sendable {
    let name: String
    let source: String
    let run: @Sendable (inout Draft) throws(OAuthError) -> Void

    init(_ name: String, _ source: String, _ run: @escaping @Sendable (inout Draft) throws(OAuthError) -> Void) {
      self.name = name
      self.source = source
      self.run = run
    }
  }
}

/// A token request in which everything is of the right form; whether it is true is looked up next.
public struct CheckedTokenRequest: Sendable, Equatable {
  public let credentials: PresentedCredentials
  public let grant: TokenRequest.Grant
}

/// The parameters of the authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5). Prints without the code.
public struct AuthorizationCodeRequest: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// As presented; its hash is what the table knows.
  public let code: String
  let redirectURI: String?
  let codeVerifier: String?

  public var description: String { "<authorization code request>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
