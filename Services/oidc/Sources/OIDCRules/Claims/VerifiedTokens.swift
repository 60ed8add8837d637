import Encodings
public import Foundation

/// An access token of ours, as far as the token itself can tell. Whether what it was issued for is still alive is in
/// the database.
public struct VerifiedAccessToken: Sendable, Hashable {
  public let id: AccessTokenID
  /// Who it stands for: a user's id, or the subject of a client that acts for itself.
  public let subject: String
  public let clientID: String
  public let scopes: [String]
  public let audience: [String]
  public let expiresAt: Date
  let claims: [String: JSONValue]

  /// RFC 9068 §4: signature and type, issuer, expiry. The caller checks whether it is valid for the request that it
  /// came with.
  /// - Parameters:
  ///   - keys: every key that may have signed a token that is still valid.
  ///   - now: tokens are refused from their `exp` on; both times are ours, so there is no leeway.
  /// - Throws: `invalid_token` as a Bearer challenge.
  public static func read(
    _ token: String, keys: [VerificationKey], issuer: String, now: Date
  ) throws(OAuthError) -> VerifiedAccessToken {
    let claims: [String: JSONValue]
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
    guard let id = claims["jti"]?.string.flatMap({ AccessTokenID($0) }), let subject = claims["sub"]?.string,
      let clientID = claims["client_id"]?.string, let audience = claims["aud"]?.strings,
      // RFC 9700 §4.15: id and subject must agree on whether the token is a client's own or a user's.
      (id.authorization == nil) == (subject == AccessToken.subject(ofClient: clientID))
    else {
      throw BearerToken.invalid("The access token is incomplete.")
    }
    return VerifiedAccessToken(
      id: id, subject: subject, clientID: clientID,
      scopes: (claims["scope"]?.string ?? "").split(separator: " ").map(String.init), audience: audience,
      expiresAt: Date(timeIntervalSince1970: Double(expiry)), claims: claims)
  }

  /// The same for userinfo, which requires more (Core §5.3.1): a user's token, meant for us, with `openid`.
  /// - Throws: `invalid_token` or `insufficient_scope`, both as a Bearer challenge.
  public static func readForUserInfo(
    _ token: String, keys: [VerificationKey], issuer: String, now: Date
  ) throws(OAuthError) -> VerifiedAccessToken {
    let verified = try read(token, keys: keys, issuer: issuer, now: now)
    // GHSA-q4xm-p75h-h9p3: a client may have the issuer as its id; its own token still is not a user's.
    guard verified.id.authorization != nil, verified.audience.contains(issuer) else {
      throw BearerToken.invalid("The access token is not meant for this endpoint.")
    }
    guard verified.scopes.contains(Scope.openID) else {
      throw OAuthError(.insufficientScope, "The access token lacks the scope openid.", answer: .bearerChallenge)
    }
    return verified
  }
}

/// An ID token of ours that a client sent back as a hint (Core §3.1.2.1). It may have expired; it may not be forged.
public struct IDTokenHint: Sendable, Hashable {
  public let subject: String
  public let audience: [String]
  public let sessionID: String?

  /// Nil for anything that is not an ID token of ours: such a hint names nobody. Its expiry does not matter (Core
  /// §3.1.2.1 wants one that is "previously issued"), nor does its audience (a hint is no authority: it only narrows
  /// down who may answer).
  public init?(_ token: String, keys: [VerificationKey], issuer: String) {
    guard let claims = try? JWS.verify(token, type: IDToken.headerType, keys: keys),
      claims["iss"]?.string == issuer, let subject = claims["sub"]?.string, let audience = claims["aud"]?.strings
    else { return nil }
    self.subject = subject
    self.audience = audience
    sessionID = claims["sid"]?.string
  }
}
