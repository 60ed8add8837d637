/// An access token as a protected resource receives it (RFC 6750).
public enum BearerToken {
  /// Reads exactly one token: the `Authorization` header (§2.1) or the form body (§2.2), never the query (§2.3,
  /// RFC 9700 §4.3.2).
  /// - Throws: `invalid_token` when there is none (answered as a bare challenge), `invalid_request` for two.
  public static func read(authorization: [String], form: FormParameters?) throws(OAuthError) -> String {
    let body = try bodyToken(form)
    guard authorization.count + (body == nil ? 0 : 1) <= 1 else {
      throw OAuthError(.invalidRequest, "The request has more than one access token.", answer: .bearerChallenge)
    }
    guard let header = authorization.first else {
      guard let body else { throw invalid("The request has no access token.") }
      return try bounded(body)
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw invalid("The Authorization header is not of the Bearer scheme.")
    }
    return try bounded(String(parts[1]))
  }

  private static func bodyToken(_ form: FormParameters?) throws(OAuthError) -> String? {
    do {
      return try form?.value("access_token")
    } catch {
      throw OAuthError(.invalidRequest, OAuthError(error).description, answer: .bearerChallenge)
    }
  }

  private static func bounded(_ token: String) throws(OAuthError) -> String {
    guard token.utf8.count <= Limits.token else { throw invalid("The access token is too long.") }
    return token
  }

  static func invalid(_ description: String) -> OAuthError {
    OAuthError(.invalidToken, description, answer: .bearerChallenge)
  }
}
