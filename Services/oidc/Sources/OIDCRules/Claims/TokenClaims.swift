internal import Crypto
public import Encodings
public import Foundation
public import OIDCFacts

/// What both tokens of one issuance are about. Identifiers and times are handed in.
public struct TokenSubject: Sendable, Hashable {
  /// `APP_URL`, exactly as discovery says it.
  public let issuer: String
  public let clientID: String
  public let userID: String
  public let sessionID: String
  public let scopes: [String]
  public let authenticatedAt: Date
  public let amr: [String]
  public let nonce: String?
  /// The claims that the request asked for individually.
  public let claims: ClaimsParameter?
  /// The client wants the claims of its scopes from userinfo alone (Core §5.4).
  public let userinfoOnly: Bool

  public init(
    issuer: String, clientID: String, userID: String, sessionID: String, scopes: [String], authenticatedAt: Date,
    amr: [String], nonce: String?, claims: ClaimsParameter? = nil, userinfoOnly: Bool = false
  ) {
    self.issuer = issuer
    self.clientID = clientID
    self.userID = userID
    self.sessionID = sessionID
    self.scopes = scopes
    self.authenticatedAt = authenticatedAt
    self.amr = amr
    self.nonce = nonce
    self.claims = claims
    self.userinfoOnly = userinfoOnly
  }

  /// What tokens say of an authentication: when its code is redeemed, and again at a refresh (Core §12.2).
  /// - Parameters:
  ///   - scopes: of the access token; nil for all that were granted.
  ///   - nonce: of the request that a code answers. A refresh has none.
  public init(
    issuer: String, grant: StoredGrant, scopes: [String]? = nil, nonce: String? = nil,
    userinfoOnly: Bool = false
  ) {
    self.init(
      issuer: issuer, clientID: grant.clientID, userID: grant.userID, sessionID: grant.sessionID,
      scopes: scopes ?? grant.scopes, authenticatedAt: grant.authenticatedAt, amr: grant.amr, nonce: nonce,
      claims: ClaimsParameter(stored: grant.claims), userinfoOnly: userinfoOnly)
  }
}

/// The payload of an ID token (OpenID Connect Core §2).
public enum IDToken {
  /// The JWS header's `typ`, which tells an ID token apart from anything else that we sign: access and logout tokens
  /// have their own (RFC 9068 §2.1, Back-Channel Logout §2.4).
  public static let headerType = "JWT"
  /// Seconds.
  public static let lifetime: TimeInterval = 3600

  /// - Parameters:
  ///   - user: the token holds the user's claims by scope, as userinfo does, since Pocket ID's apps expect it, unless
  ///     the client wants what Core §5.4 says. Claims requested by name for the token are always in it.
  ///   - accessToken: the token issued beside it, for `at_hash`; nil for none.
  ///   - algorithm: what the ID token will be signed with: it names the hash of `at_hash`.
  public static func payload(
    _ subject: TokenSubject, user: UserFacts, tokenID: String, accessToken: String?,
    algorithm: SigningAlgorithm, now: Date
  ) -> [String: JSONValue] {
    var claims = Claims.released(to: subject.userinfoOnly ? [] : subject.scopes, about: user)
    claims.merge(Claims.requested(subject.claims?.idToken ?? [:], scopes: subject.scopes, about: user)) { $1 }
    claims["iss"] = .string(subject.issuer)
    claims["sub"] = .string(subject.userID)
    // RFC 7519 §4.1.3: one audience may be a plain string, which every library reads. So `azp` is not needed (Core §2).
    claims["aud"] = .string(subject.clientID)
    claims["exp"] = JSONValue(secondsOf: now.addingTimeInterval(lifetime))
    claims["iat"] = JSONValue(secondsOf: now)
    claims["auth_time"] = JSONValue(secondsOf: subject.authenticatedAt)
    claims["jti"] = .string(tokenID)
    claims["sid"] = .string(subject.sessionID)
    if !subject.amr.isEmpty { claims["amr"] = JSONValue(subject.amr) }
    if let acr = ACR.reached(by: subject.amr) { claims["acr"] = .string(acr) }
    if let nonce = subject.nonce { claims["nonce"] = .string(nonce) }
    if let accessToken { claims["at_hash"] = .string(halfHash(of: accessToken, algorithm)) }
    return claims
  }

  /// Core §3.1.3.6: base64url of the left half of the token's hash, by the hash of the ID token's `alg`.
  public static func halfHash(of token: String, _ algorithm: SigningAlgorithm) -> String {
    let digest = algorithm.hash(Array(token.utf8))
    return Base64URL.encode(digest.prefix(digest.count / 2))
  }
}

/// The payload of an access token (RFC 9068 §2.2).
public enum AccessToken {
  /// The JWS header's `typ` (RFC 9068 §2.1).
  public static let headerType = "at+jwt"

  /// - Parameter lifetime: seconds; the client's setting.
  public static func payload(
    _ subject: TokenSubject, tokenID: AccessTokenID, lifetime: TimeInterval, now: Date
  ) -> [String: JSONValue] {
    // The issuer is an audience if the token may be used at userinfo: the token itself says that it is valid there.
    let audience = subject.scopes.contains(where: Scope.identity.contains) ? [subject.issuer] : []
    var claims: [String: JSONValue] = [
      "iss": .string(subject.issuer),
      "sub": .string(subject.userID),
      "aud": JSONValue([subject.clientID] + audience),
      "exp": JSONValue(secondsOf: now.addingTimeInterval(lifetime)),
      "iat": JSONValue(secondsOf: now),
      "auth_time": JSONValue(secondsOf: subject.authenticatedAt),
      "jti": .string(tokenID.text),
      "client_id": .string(subject.clientID),
      "scope": .string(subject.scopes.joined(separator: " ")),
      "scp": JSONValue(subject.scopes),
    ]
    // RFC 9068 §2.2.1: from the user's authentication, the same in every token that results from it.
    if !subject.amr.isEmpty { claims["amr"] = JSONValue(subject.amr) }
    if let acr = ACR.reached(by: subject.amr) { claims["acr"] = .string(acr) }
    return claims
  }

  /// For a client's own token (RFC 9068 §2.2, RFC 6749 §4.4). Its audience is the client alone: it is valid for nothing
  /// of ours, and its subject cannot be mistaken for a user (RFC 9700 §4.15).
  ///
  /// - Parameter lifetime: seconds; the client's setting.
  public static func payload(
    issuer: String, grant: ClientGrant, tokenID: AccessTokenID, lifetime: TimeInterval, now: Date
  ) -> [String: JSONValue] {
    var claims: [String: JSONValue] = [
      "iss": .string(issuer),
      "sub": .string(subject(ofClient: grant.client.id)),
      "aud": JSONValue([grant.client.id]),
      "exp": JSONValue(secondsOf: now.addingTimeInterval(lifetime)),
      "iat": JSONValue(secondsOf: now),
      "jti": .string(tokenID.text),
      "client_id": .string(grant.client.id),
    ]
    // RFC 6749 §3.3: a scope has at least one value, or is absent.
    if !grant.scopes.isEmpty {
      claims["scope"] = .string(grant.scopes.joined(separator: " "))
      claims["scp"] = JSONValue(grant.scopes)
    }
    return claims
  }

  /// The subject of a client's own token: no user id looks like it.
  static func subject(ofClient id: String) -> String { "client-\(id)" }
}

/// The answer of the userinfo endpoint (Core §5.3.2).
public enum UserInfo {
  /// - Parameter claims: the claims that the authorization request asked for individually.
  public static func payload(
    _ token: VerifiedAccessToken, user: UserFacts, claims: ClaimsParameter? = nil
  ) -> [String: JSONValue] {
    payload(subject: token.subject, scopes: token.scopes, user: user, claims: claims)
  }

  /// The same without a token, as when a preview is shown to an administrator.
  public static func payload(
    subject: String, scopes: [String], user: UserFacts, claims: ClaimsParameter? = nil
  ) -> [String: JSONValue] {
    var members = Claims.released(to: scopes, about: user)
    members.merge(Claims.requested(claims?.userInfo ?? [:], scopes: scopes, about: user)) { $1 }
    members["sub"] = .string(subject)
    return members
  }
}
