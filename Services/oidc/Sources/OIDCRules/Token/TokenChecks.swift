// The checks of the token endpoint on what was sent, in order. What is stored is checked next, once the client is
// authenticated, so that only its client learns about or spends a code or token: each grant has its own table, in its
// own file.
extension TokenRequest {
  static let checks: [FormCheck<Draft>] = [
    .query,
    .duplicates,
    .clientAuthentication,
    FormCheck("grant_type", "RFC 6749 §4.1.3, §4.4.2, §5.2, §6", grantType),
    FormCheck("grant parameters", "RFC 6749 §4.1.3, §4.4.2, §6; RFC 7636 §4.5", grantParameters),
  ]

  private static func grantType(_ draft: inout Draft) throws(OAuthError) {
    guard let text = try draft.received.form.oauthValue("grant_type") else {
      throw OAuthError(.invalidRequest, "The parameter 'grant_type' is missing.")
    }
    guard let type = GrantType(rawValue: text) else {
      throw OAuthError(.unsupportedGrantType, "The grant type '\(text)' is not supported.")
    }
    draft.grantType = type
  }

  private static func grantParameters(_ draft: inout Draft) throws(OAuthError) {
    let form = draft.received.form
    switch draft.grantType {
    case .authorizationCode: draft.grant = .authorizationCode(try AuthorizationCodeRequest(form))
    case .refreshToken: draft.grant = .refreshToken(try RefreshTokenRequest(form))
    case .clientCredentials: draft.grant = .clientCredentials(try ClientCredentialsRequest(form))
    case nil: break
    }
  }
}
