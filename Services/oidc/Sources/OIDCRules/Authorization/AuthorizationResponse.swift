public import Encodings

/// How an answer reaches the client: where the browser goes next, and with what.
public enum AuthorizationDelivery: Sendable, Hashable {
  /// Everything is in the address.
  case redirect(String)
  /// OAuth 2.0 Form Post Response Mode §2: the fields are posted to the address, which holds none of them.
  case formPost(url: String, fields: [FormField])
}

/// The answer to an authorization request.
public enum AuthorizationResponse {
  /// RFC 6749 §4.1.2: the code, the state and RFC 9207 §2's issuer.
  public static func success(
    for request: CheckedAuthorizationRequest, code: String, issuer: String
  ) -> AuthorizationDelivery {
    delivery(request.redirectURI, request.responseMode, [("code", code), ("state", request.state), ("iss", issuer)])
  }

  /// RFC 6749 §4.1.2.1, with the issuer on errors too (RFC 9207 §2: "in every authorization response").
  /// - Returns: nil for a refusal that belongs on a page: there is no URI that it may be sent to.
  public static func failure(_ refusal: AuthorizationRefusal, issuer: String) -> AuthorizationDelivery? {
    guard case .redirect(let uri, let mode, let state, let error) = refusal else { return nil }
    return delivery(
      uri, mode,
      [("error", error.code.rawValue), ("error_description", error.description), ("state", state), ("iss", issuer)])
  }

  private static func delivery(
    _ uri: ProvenRedirectURI, _ mode: ResponseMode, _ parameters: [(String, String?)]
  ) -> AuthorizationDelivery {
    let fields = parameters.compactMap { name, value in value.map { FormField(name, $0) } }
    switch mode {
    case .query: return .redirect(uri.uri.adding(parameters))
    // The redirect URI has none of its own: RFC 6749 §3.1.2 forbids it, and the parser refuses it.
    case .fragment:
      let encoded = fields.map { "\($0.name)=\(Percent.encode($0.value))" }.joined(separator: "&")
      return .redirect("\(uri.text)#\(encoded)")
    case .formPost: return .formPost(url: uri.text, fields: fields)
    }
  }
}
