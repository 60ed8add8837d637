/// The answer to an authorization request: where the browser goes next.
public enum AuthorizationResponse {
  /// RFC 6749 §4.1.2: the code, the state and RFC 9207 §2's issuer.
  public static func success(for request: CheckedAuthorizationRequest, code: String, issuer: String) -> String {
    location(
      request.redirectURI, request.responseMode, [("code", code), ("state", request.state), ("iss", issuer)])
  }

  /// RFC 6749 §4.1.2.1, with the issuer on errors too (RFC 9207 §2: "in every authorization response").
  /// - Returns: nil for a refusal that belongs on a page: there is no URI that it may be sent to.
  public static func failure(_ refusal: AuthorizationRefusal, issuer: String) -> String? {
    guard case .redirect(let uri, let mode, let state, let error) = refusal else { return nil }
    return failure(error, to: uri, mode: mode, state: state, issuer: issuer)
  }

  /// The same for a request that was fine and a decision that was not (`access_denied`, `login_required`, …).
  public static func failure(_ error: OAuthError, for request: CheckedAuthorizationRequest, issuer: String) -> String {
    failure(error, to: request.redirectURI, mode: request.responseMode, state: request.state, issuer: issuer)
  }

  private static func failure(
    _ error: OAuthError, to uri: ProvenRedirectURI, mode: ResponseMode, state: String?, issuer: String
  ) -> String {
    location(
      uri, mode,
      [("error", error.code.rawValue), ("error_description", error.description), ("state", state), ("iss", issuer)])
  }

  /// RFC 6749 §3.1.2: a query that is part of the redirect URI MUST be retained.
  private static func location(
    _ uri: ProvenRedirectURI, _ mode: ResponseMode, _ parameters: [(String, String?)]
  ) -> String {
    let added = parameters.compactMap { name, value in value.map { "\(name)=\(Percent.encode($0))" } }
      .joined(separator: "&")
    switch mode {
    case .query:
      let joint =
        switch uri.uri.query {
        case nil: "?"
        case "": ""
        case .some(let query): query.hasSuffix("&") ? "" : "&"
        }
      return uri.text + joint + added
    }
  }
}
