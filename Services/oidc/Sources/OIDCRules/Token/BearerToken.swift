/// An access token as a protected resource receives it (RFC 6750).
public enum BearerToken {
  /// Reads the one token of a request: from the `Authorization` header (§2.1) or the form (§2.2), never the query
  /// (§2.3, RFC 9700 §4.3.2).
  /// - Parameters:
  ///   - authorization: every `Authorization` header, as received.
  ///   - posted: every `access_token` of the form.
  /// - Returns: nil when none was sent: a client that sends none is told no error (§3.1).
  /// - Throws: `invalid_request` for another scheme or two tokens, as a Bearer challenge.
  public static func read(authorization: [String], posted: [String] = []) throws(OAuthError) -> String? {
    var tokens = posted
    for header in authorization {
      guard let token = token(of: header) else { throw wrong("Send the access token as a Bearer token.") }
      tokens.append(token)
    }
    // §2: "Clients MUST NOT use more than one method to transmit the token in each request."
    guard tokens.count < 2 else { throw wrong("The access token was sent more than once.") }
    guard let token = tokens.first else { return nil }
    guard token.utf8.count <= Limits.token else { throw invalid("The access token is too long.") }
    return token
  }

  /// RFC 9110 §11.1: the scheme's name is case-insensitive.
  static func isScheme(of header: String) -> Bool {
    String(decoding: header.utf8.prefix(7), as: UTF8.self).lowercased() == "bearer "
  }

  private static func token(of header: String) -> String? {
    guard isScheme(of: header) else { return nil }
    let token = header.dropFirst(7).drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }

  private static func wrong(_ description: String) -> OAuthError {
    OAuthError(.invalidRequest, description, answer: .bearerChallenge)
  }

  static func invalid(_ description: String) -> OAuthError {
    OAuthError(.invalidToken, description, answer: .bearerChallenge)
  }
}
