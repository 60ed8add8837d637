public import Encodings
internal import Foundation
public import OIDCFacts

/// Scopes to claims (OpenID Connect Core §5.4), under the names that Pocket ID's apps read.
public enum Claims {
  /// The value of `claims_supported`.
  public static let supported = [
    "sub", "given_name", "family_name", "name", "display_name", "email", "email_verified", "preferred_username",
    "picture", "locale", "updated_at", "groups", "auth_time", "amr", "acr",
  ]

  /// Names that a custom claim may not have: refused when one is saved, and skipped when a token is made (an import
  /// does not check). They are the claims that we mint ourselves, and those that the protocols read: RFC 7519, RFC
  /// 7800, RFC 8693, RFC 8417, RFC 9068, Core §2, §3.3.2.11 and §5.1.2. `locale` is not among them: a user who has not
  /// chosen a language here may be given one.
  public static let reservedNames: Set<String> = [
    "given_name", "family_name", "name", "email", "email_verified", "preferred_username", "display_name", "groups",
    "type", "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "client_id", "nbf", "jti",
    "sid", "rat", "updated_at", "at_hash", "c_hash", "s_hash", "scope", "scp", "cnf", "act", "may_act", "events",
    "sub_jwk",
    "_claim_names", "_claim_sources",
  ]

  /// The scope that releases one of our own claims about a user; nil for custom claims and unknown ones.
  static func scope(of name: String) -> String? {
    switch name {
    case "given_name", "family_name", "name", "display_name", "preferred_username", "picture", "locale", "updated_at":
      Scope.profile
    case "email", "email_verified": Scope.email
    case "groups": Scope.groups
    default: nil
    }
  }

  /// The individually requested claims (Core §5.5). The user who consented was told of the scope that each belongs to
  /// (`CheckedAuthorizationRequest.consentScopes`); custom claims belong to `profile` and come only with it. A claim
  /// requested with a value that is not the user's counts as not requested; nor is that an error (Core §5.5.1).
  static func requested(
    _ requests: [String: ClaimsParameter.Request], scopes: [String], about user: UserFacts
  ) -> [String: JSONValue] {
    guard !requests.isEmpty else { return [:] }
    let isCustomReleased = scopes.contains(Scope.profile)
    return released(to: Scope.identity, about: user).filter { name, value in
      requests[name]?.accepts(value) == true && (isCustomReleased || scope(of: name) != nil)
    }
  }

  /// The claims about a user that the scopes release, except `sub`.
  public static func released(to scopes: [String], about user: UserFacts) -> [String: JSONValue] {
    var claims: [String: JSONValue] = [:]
    if scopes.contains(Scope.profile) {
      claims = custom(user)
      let chosen = claims.removeValue(forKey: "picture")
      claims.merge(profile(user)) { _, ours in ours }
      // The one claim of ours that does not say who the user is: a chosen address replaces it.
      if let chosen, isWebAddress(chosen) { claims["picture"] = chosen }
    }
    // Core §5.1: email_verified is about an address; without one there is nothing to say.
    if scopes.contains(Scope.email), let email = user.email, !email.isEmpty {
      claims["email"] = .string(email)
      claims["email_verified"] = .bool(user.emailVerified)
    }
    if scopes.contains(Scope.groups) { claims["groups"] = JSONValue(user.groups) }
    return claims
  }

  private static func isWebAddress(_ value: JSONValue) -> Bool {
    guard case .string(let text) = value else { return false }
    return text.hasPrefix("https://") || text.hasPrefix("http://")
  }

  private static func profile(_ user: UserFacts) -> [String: JSONValue] {
    let fullName = [user.firstName, user.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    let texts = [
      "given_name": user.firstName,
      "family_name": user.lastName,
      "name": fullName.isEmpty ? user.displayName : fullName,
      "display_name": user.displayName,
      "preferred_username": user.username,
      "picture": user.picture ?? "",
      "locale": user.locale ?? "",
    ]
    // Core §5.3.2: a claim that is not returned is omitted, not sent as null or an empty string.
    var claims = texts.filter { !$0.value.isEmpty }.mapValues(JSONValue.string)
    if let updatedAt = user.updatedAt { claims["updated_at"] = JSONValue(secondsOf: updatedAt) }
    return claims
  }

  /// Group claims first, overridden by user claims; a value that is JSON is that JSON, any other a string.
  private static func custom(_ user: UserFacts) -> [String: JSONValue] {
    var claims: [String: JSONValue] = [:]
    for claim in user.groupClaims + user.userClaims where !reservedNames.contains(claim.key) {
      claims[claim.key] = (try? JSONValue(json: claim.value)) ?? .string(claim.value)
    }
    return claims
  }
}
