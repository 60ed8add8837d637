/// The parameters of the client credentials grant (RFC 6749 §4.4.2): a scope, which is only checked to be well-formed
/// and not kept.
public struct ClientCredentialsRequest: Sendable, Equatable {
  init(_ form: FormParameters) throws(OAuthError) {
    _ = try Scope.granted(from: try form.oauthValue("scope"))
  }
}

/// The client credentials grant (RFC 6749 §4.4): a client on its own behalf.
public enum ClientCredentialsGrant {
  static let checks: [FactsCheck<AuthenticatedClient, OAuthError>] = [
    FactsCheck("confidential", "RFC 6749 §4.4: confidential clients only", confidential)
  ]

  /// Runs `ClientCredentialsGrant.checks` in order.
  /// - Returns: what may be granted: a client does not act for a user, so no scope about one is (GHSA-q4xm-p75h-h9p3).
  public static func granted(
    _ request: ClientCredentialsRequest, to client: AuthenticatedClient
  ) throws(OAuthError) -> ClientGrant {
    for check in checks { try check.run(client) }
    return ClientGrant(client: client, scopes: [])
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
}
