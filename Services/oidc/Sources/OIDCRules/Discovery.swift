public import Encodings

/// The provider's metadata (OpenID Connect Discovery §3, RFC 8414 §2): what works, and nothing else. Each list comes
/// from the type that decides, so that it cannot promise what the code refuses.
public struct Discovery: Sendable {
  public let issuer: String
  /// For endpoints that only servers call: `INTERNAL_APP_URL`, so that an app in the same network need not leave it.
  public let internalURL: String
  public let paths: Paths
  /// Language tags of the pages (BCP 47).
  public let locales: [String]

  /// Where the endpoints are, at the process that speaks HTTP for us.
  public typealias Paths = (
    authorization: String, token: String, userInfo: String, introspection: String, revocation: String,
    endSession: String, keys: String
  )

  /// - Parameters:
  ///   - issuer: `APP_URL` without a slash at its end.
  ///   - internalURL: `INTERNAL_APP_URL` without a slash at its end; `issuer` when there is none.
  ///   - paths: each begins with a slash.
  ///   - locales: language tags of the pages.
  public init(issuer: String, internalURL: String, paths: Paths, locales: [String]) {
    self.issuer = issuer
    self.internalURL = internalURL
    self.paths = paths
    self.locales = locales
  }

  /// The document behind both well-known addresses.
  public var document: JSONValue {
    [
      "issuer": .string(issuer),
      "authorization_endpoint": .string("\(issuer)\(paths.authorization)"),
      "token_endpoint": .string("\(internalURL)\(paths.token)"),
      "userinfo_endpoint": .string("\(internalURL)\(paths.userInfo)"),
      "introspection_endpoint": .string("\(internalURL)\(paths.introspection)"),
      "revocation_endpoint": .string("\(internalURL)\(paths.revocation)"),
      "end_session_endpoint": .string("\(issuer)\(paths.endSession)"),
      "jwks_uri": .string("\(internalURL)\(paths.keys)"),
      "grant_types_supported": JSONValue(GrantType.allCases.map(\.rawValue)),
      "response_types_supported": ["code"],
      "response_modes_supported": JSONValue(ResponseMode.allCases.map(\.rawValue)),
      "scopes_supported": JSONValue(Scope.supported),
      "claims_supported": JSONValue(Claims.supported),
      "subject_types_supported": ["public"],
      "id_token_signing_alg_values_supported": JSONValue(SigningAlgorithm.allCases.map(\.rawValue)),
      "code_challenge_methods_supported": JSONValue(PKCE.methods),
      "token_endpoint_auth_methods_supported": JSONValue(ClientAuthenticationMethod.allCases.map(\.rawValue)),
      "introspection_endpoint_auth_methods_supported": JSONValue(IntrospectionRequest.methods),
      "revocation_endpoint_auth_methods_supported": JSONValue(ClientAuthenticationMethod.allCases.map(\.rawValue)),
      "prompt_values_supported": JSONValue(Prompt.allCases.map(\.rawValue)),
      "acr_values_supported": JSONValue(ACR.supported),
      "ui_locales_supported": JSONValue(locales),
      // A missing member would mean "true" for request_uri: all three are stated.
      "claims_parameter_supported": true,
      "request_parameter_supported": false,
      "request_uri_parameter_supported": false,
      "authorization_response_iss_parameter_supported": true,
      // Back-Channel Logout 1.0 §2.1, Front-Channel Logout 1.0 §3: every logout token and every frame names its
      // session.
      "backchannel_logout_supported": true,
      "backchannel_logout_session_supported": true,
      "frontchannel_logout_supported": true,
      "frontchannel_logout_session_supported": true,
    ]
  }
}
