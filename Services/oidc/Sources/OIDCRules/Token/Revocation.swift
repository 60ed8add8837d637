/// A revocation as received (RFC 7009 §2.1): nothing in it is trusted.
public struct RevocationRequest: Sendable {
  let received: ReceivedForm

  public init(_ received: ReceivedForm) { self.received = received }

  /// Runs `RevocationRequest.checks` in order.
  public func checked() throws(OAuthError) -> CheckedRevocationRequest {
    var draft = Draft(received: received)
    for check in Self.checks { try check.run(&draft) }
    guard let credentials = draft.credentials, let token = draft.token else {
      throw OAuthError(.serverError, "The request could not be checked.")
    }
    return CheckedRevocationRequest(credentials: credentials, token: token)
  }

  static let checks: [FormCheck<Draft>] = [
    .query,
    .duplicates,
    // A public client names itself: RFC 7009 §5 lets it revoke what it holds.
    .clientAuthentication,
    FormCheck("token", "RFC 7009 §2.1", token),
  ]

  struct Draft: ClientDraft {
    let received: ReceivedForm
    var credentials: PresentedCredentials?
    var token: String?
  }

  private static func token(_ draft: inout Draft) throws(OAuthError) {
    draft.token = try PresentedToken.read(draft.received.form)
  }
}

/// A well-formed revocation. Prints without the token.
public struct CheckedRevocationRequest: Sendable, CustomStringConvertible, CustomReflectable {
  public let credentials: PresentedCredentials
  public let token: String

  public var description: String { "<revocation request>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a revocation does (RFC 7009 §2).
public enum Revocation {
  /// RFC 7009 §2.1: another client's token is not revoked, and the client is told so, as RFC 6749 §5.2 says of a grant
  /// that "was issued to another client". Anything else wrong with a token is not an error (§2.2).
  public static func own(_ tokenClientID: String, _ client: AuthenticatedClient) throws(OAuthError) {
    guard tokenClientID.utf8.elementsEqual(client.id.utf8) else {
      throw OAuthError(.invalidGrant, "The token was not given to this client.")
    }
  }
}
