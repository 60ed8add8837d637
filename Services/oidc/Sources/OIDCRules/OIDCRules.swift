// OIDCRules owns what OAuth 2.0 and OpenID Connect say about a request, a code, a token and a claim: values in, values
// out. Every rule can be called from a test with nothing running.
//
// It must not know: SQL, sockets, messages, HTTP statuses, cookies, routes, the clock (time is handed in) and
// randomness (identifiers and codes are handed in; key generation alone uses the system's generator).
//
// Where to look:
//   Authorization/AuthorizationChecks.swift   the checks of the authorization endpoint, in order
//   Authorization/NextStep.swift              what the user must still do
//   Token/TokenChecks.swift                   the checks of the token endpoint, in order; each grant's in its own file
//   Token/Introspection.swift, Revocation.swift   what clients ask about tokens, and taking them back
//   Redirects/                                what may be redirected to
//   Claims/                                   what a token and userinfo say
//   Signing/                                  how a token is signed and how a signature is verified

/// Limits on input from outside, in bytes unless stated otherwise. In one place, so that each limit is a decision.
public enum Limits {
  /// A whole form or query string.
  public static let form = 64 * 1024
  /// Parameters in one form (a count).
  public static let formParameters = 100
  public static let parameterName = 128
  /// One parameter's value after decoding; `claims` and `id_token_hint` are the longest legitimate ones.
  public static let parameterValue = 16 * 1024
  /// Values of parameters that hold one or a few words, or a small JSON text: no known value is longer, and a longer
  /// one is neither compared nor parsed.
  package static let shortValues: [String: Int] = [
    "response_type": 128, "response_mode": 128, "prompt": 128, "display": 128, "max_age": 32, "ui_locales": 512,
    "claims_locales": 512, "acr_values": 1024, "login_hint": 512, "logout_hint": 512, "claims": 4096,
    "code_challenge_method": 128, "grant_type": 256, "token_type_hint": 128,
  ]
  public static let redirectURI = 2048
  /// Long enough for a client that names itself by a URL.
  public static let clientID = 512
  public static let clientSecret = 512
  public static let state = 4096
  public static let nonce = 1024
  public static let scope = 2048
  /// An authorization code as presented; ours are shorter.
  public static let code = 512
  /// A refresh token as presented; ours have 47.
  public static let refreshToken = 512
  /// `max_age` in seconds: about 31 years; a larger value makes no difference.
  public static let maxAge = 1_000_000_000
  /// A compact JWS.
  public static let token = 64 * 1024
  /// Characters of an error description.
  public static let errorDescription = 400
}
