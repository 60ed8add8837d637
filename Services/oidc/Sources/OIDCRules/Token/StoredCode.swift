public import Foundation

/// An authorization code as stored, with what its redemption depends on, read in one statement.
public struct StoredCode: Sendable, Hashable {
  public let clientID: String
  public let userID: String
  /// What the code was sent to, and whether the authorization request named it (RFC 6749 §4.1.3).
  public let redirectURI: String
  public let redirectURIWasSent: Bool
  public let challenge: PKCE.Challenge?
  public let scopes: [String]
  public let nonce: String?
  public let sessionID: String
  public let authenticatedAt: Date
  public let amr: [String]
  public let expiresAt: Date
  /// The id of the request that spent it; nil while it is fresh.
  public let spentBy: [UInt8]?
  /// Whether the user exists, is enabled and may use this client, as of now.
  public let userMayUseClient: Bool
  /// What the request asked for one by one.
  public let claims: ClaimsParameter?

  public init(
    clientID: String, userID: String, redirectURI: String, redirectURIWasSent: Bool, challenge: PKCE.Challenge?,
    scopes: [String], nonce: String?, sessionID: String, authenticatedAt: Date, amr: [String],
    expiresAt: Date, spentBy: [UInt8]?, userMayUseClient: Bool, claims: ClaimsParameter? = nil
  ) {
    self.clientID = clientID
    self.userID = userID
    self.redirectURI = redirectURI
    self.redirectURIWasSent = redirectURIWasSent
    self.challenge = challenge
    self.scopes = scopes
    self.nonce = nonce
    self.sessionID = sessionID
    self.authenticatedAt = authenticatedAt
    self.amr = amr
    self.expiresAt = expiresAt
    self.spentBy = spentBy
    self.userMayUseClient = userMayUseClient
    self.claims = claims
  }
}

/// A code that may be redeemed. Only `AuthorizationCodeGrant.redeemable` makes one.
public struct RedeemableCode: Sendable, Hashable {
  public let client: AuthenticatedClient
  public let code: StoredCode
  /// The same request spent it before: what was given is derived again, and nothing is written twice.
  public let isRepeat: Bool
}
