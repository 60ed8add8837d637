/// The parameters of the client credentials grant (RFC 6749 §4.4.2).
public struct ClientCredentialsRequest: Sendable, Equatable {
  /// Whether the request names a scope at all: then the answer has to say what was granted (RFC 6749 §5.1).
  let asksForScope: Bool

  init(_ form: FormParameters) throws(OAuthError) {
    let scope = try form.oauthValue("scope")
    _ = try Scope.granted(from: scope)
    asksForScope = scope != nil
  }
}

/// The client credentials grant (RFC 6749 §4.4): a client on its own behalf.
public enum ClientCredentialsGrant {
  static let checks: [FactsCheck<AuthenticatedClient, OAuthError>] = [
    FactsCheck("confidential", "RFC 6749 §4.4: confidential clients only", confidential)
  ]

  /// Runs `ClientCredentialsGrant.checks` in order.
  /// - Returns: what may be granted: a client stands for no person, so that no scope about one is (GHSA-q4xm-p75h-h9p3).
  public static func granted(
    _ request: ClientCredentialsRequest, to client: AuthenticatedClient
  ) throws(OAuthError) -> ClientGrant {
    for check in checks { try check.run(client) }
    return ClientGrant(client: client, scopes: [], statesScope: request.asksForScope)
  }

  private static func confidential(_ client: AuthenticatedClient) throws(OAuthError) {
    guard client.secretID != nil else {
      throw OAuthError(.unauthorizedClient, "A public client cannot act on its own behalf.")
    }
  }
}

/// What a client was granted on its own behalf. Only `ClientCredentialsGrant.granted` makes one.
public struct ClientGrant: Sendable, Hashable {
  public let client: AuthenticatedClient
  public let scopes: [String]
  /// Whether the answer states the scopes.
  public let statesScope: Bool
}
