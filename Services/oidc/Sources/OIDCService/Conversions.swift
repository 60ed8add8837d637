import Foundation
import LatchkeyProtocol
import OIDCRules
import Store

// Between what the Store has, what the rules ask for and what messages carry.

extension ClientFacts {
  init(_ client: AuthorizationFacts.Client) {
    self.init(
      id: client.id, isPublic: client.isPublic, pkceEnabled: client.pkceEnabled, callbackURLs: client.callbackURLs,
      skipConsent: client.skipConsent, requiresReauthentication: client.requiresReauthentication,
      isGroupRestricted: client.isGroupRestricted, callbackPatterns: client.callbackPatterns,
      isImported: client.imported)
  }
}

extension SessionFacts {
  init(_ session: AuthorizationFacts.Session) {
    self.init(
      id: session.id.description, userID: session.user.id.description, authenticatedAt: session.authTime,
      amr: session.amr, inAllowedGroup: session.inAllowedGroup)
  }
}

extension UserFacts {
  /// - Parameter issuer: `APP_URL`, under which pictures are.
  init(_ person: PersonClaims, issuer: String) {
    let user = person.user
    self.init(
      id: user.id.description, username: user.username, email: user.email, emailVerified: user.emailVerified,
      firstName: user.firstName, lastName: user.lastName, displayName: user.nameToShow,
      picture: "\(issuer)/api/users/\(user.id)/profile-picture.png", locale: user.locale,
      updatedAt: person.updatedAt, groups: person.groups,
      groupClaims: person.groupClaims.map { OIDCRules.CustomClaim(key: $0.key, value: $0.value) },
      userClaims: person.ownClaims.map { OIDCRules.CustomClaim(key: $0.key, value: $0.value) })
  }
}

extension ClientCredentials {
  init(_ client: TokenClient) {
    self.init(
      id: client.id, isPublic: client.isPublic,
      // A hash of a kind that this build does not know fits nothing.
      secrets: client.secrets.compactMap { secret in
        StoredSecret.Algorithm(rawValue: secret.algorithm).map { algorithm in
          StoredSecret(
            id: secret.id.description, algorithm: algorithm, hash: Array(secret.hash), expiresAt: secret.expiresAt)
        }
      })
  }
}

extension StoredCode {
  init(_ code: Authorizations.ForExchange.Code) {
    let family = code.family
    self.init(
      clientID: family.clientID, userID: family.user.description, redirectURI: code.redirectURI ?? "",
      redirectURIWasSent: code.redirectURI != nil, challenge: code.codeChallenge.flatMap(PKCE.Challenge.init),
      scopes: family.scopes, nonce: code.nonce, sessionID: family.session.description,
      authenticatedAt: family.authTime, amr: family.amr, expiresAt: code.expiresAt,
      spentBy: code.spentBy.map { Array($0) }, userMayUseClient: family.lives,
      claims: ClaimsParameter(stored: family.claims))
  }
}

extension StoredRefreshToken {
  init(_ token: RefreshTokens.ForRefresh.Token) {
    var use: Use?
    if let at = token.usedAt, let by = token.usedBy, let proof = token.usedWith {
      use = Use(requestID: Array(by), at: at, proof: proof)
    }
    self.init(
      clientID: token.family.clientID, scopes: token.family.scopes, expiresAt: token.expiresAt, use: use,
      successor: token.successorIsUsed.map { $0 ? .used : .fresh } ?? .missing,
      authorizationLives: token.family.lives)
  }
}

extension TokenSubject {
  /// What is said anew of a person at a refresh (OpenID Connect Core §12.2): of the same authentication, and without a
  /// nonce, since no request brought one.
  /// - Parameter scopes: of the access token.
  init(issuer: String, family: AuthorizationFamily, scopes: [String], userinfoOnly: Bool) {
    self.init(
      issuer: issuer, clientID: family.clientID, userID: family.user.description,
      sessionID: family.session.description, scopes: scopes, authenticatedAt: family.authTime, amr: family.amr,
      nonce: nil, claims: ClaimsParameter(stored: family.claims),
      userinfoOnly: userinfoOnly)
  }
}

extension FormParameters {
  init(_ fields: [FormField]) throws(OAuthError) {
    do {
      try self.init(pairs: fields.map { ($0.name, $0.value) })
    } catch {
      throw OAuthError(error)
    }
  }
}

extension JSONValue {
  init(_ value: ClaimValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .string(let value): .string(value)
      case .array(let values): .array(values.map(JSONValue.init))
      case .object(let members): .object(members.mapValues(JSONValue.init))
      }
  }
}
