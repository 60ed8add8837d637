public import Foundation

/// An access token of ours that is good for userinfo, as far as the token itself can tell. Whether its grant still lives
/// is in the database.
public struct VerifiedAccessToken: Sendable, Hashable {
  public let tokenID: String
  public let userID: String
  public let clientID: String
  public let scopes: [String]

  /// RFC 9068 §4 and Core §5.3.1: signature and type, issuer, audience, expiry, `openid`.
  /// - Parameters:
  ///   - keys: every key that may have signed a token that is still valid.
  ///   - now: tokens are refused from their `exp` on; both times are ours, so there is no leeway.
  /// - Throws: `invalid_token` or `insufficient_scope`, both as a Bearer challenge.
  public static func read(
    _ token: String, keys: [VerificationKey], issuer: String, now: Date
  ) throws(OAuthError) -> VerifiedAccessToken {
    let claims: [String: ClaimValue]
    do {
      // RFC 9068 §4: the type keeps an ID token from being taken for an access token.
      claims = try JWS.verify(token, type: AccessToken.headerType, keys: keys)
    } catch {
      throw BearerToken.invalid("The access token is not one of ours, or has been changed.")
    }
    guard claims["iss"]?.string == issuer else { throw BearerToken.invalid("The access token is from another issuer.") }
    guard let expiry = claims["exp"]?.integer, now.timeIntervalSince1970 < Double(expiry) else {
      throw BearerToken.invalid("The access token has expired.")
    }
    guard let audience = claims["aud"]?.strings, audience.contains(issuer) else {
      throw BearerToken.invalid("The access token is not meant for this endpoint.")
    }
    guard let tokenID = claims["jti"]?.string, let userID = claims["sub"]?.string,
      let clientID = claims["client_id"]?.string, let scope = claims["scope"]?.string
    else {
      throw BearerToken.invalid("The access token is incomplete.")
    }
    let scopes = scope.split(separator: " ").map(String.init)
    guard scopes.contains(Scope.openID) else {
      throw OAuthError(.insufficientScope, "The access token lacks the scope openid.", answer: .bearerChallenge)
    }
    return VerifiedAccessToken(tokenID: tokenID, userID: userID, clientID: clientID, scopes: scopes)
  }
}

/// An ID token of ours that a client sent back as a hint (Core §3.1.2.1). It may have expired; it may not be forged.
public struct IDTokenHint: Sendable, Hashable {
  public let subject: String
  public let audience: [String]
  public let sessionID: String?

  /// Nil for whatever is not an ID token of ours: such a hint names nobody. Neither its expiry counts (Core §3.1.2.1 wants
  /// one that is "previously issued") nor its audience (a hint is no authority: it only narrows down who may answer).
  public init?(_ token: String, keys: [VerificationKey], issuer: String) {
    guard let claims = try? JWS.verify(token, type: IDToken.headerType, keys: keys),
      claims["iss"]?.string == issuer, claims["type"]?.string == IDToken.type,
      let subject = claims["sub"]?.string, let audience = claims["aud"]?.strings
    else { return nil }
    self.subject = subject
    self.audience = audience
    sessionID = claims["sid"]?.string
  }
}
