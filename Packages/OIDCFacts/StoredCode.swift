public import Foundation

/// An authorization code as stored, with what its redemption depends on, read in one statement.
public struct StoredCode: Sendable, Hashable {
  public let grant: StoredGrant
  /// What the authorization request named (RFC 6749 §4.1.3); nil where it named none.
  public let redirectURI: String?
  public let nonce: String?
  /// RFC 7636 §4.2, by the method S256.
  public let challenge: String?
  public let expiresAt: Date
  public let spentAt: Date?
  /// The id of the request that spent it; nil while it is fresh.
  public let spentBy: [UInt8]?

  public init(
    grant: StoredGrant, redirectURI: String?, nonce: String?, challenge: String?, expiresAt: Date,
    spentAt: Date? = nil, spentBy: [UInt8]?
  ) {
    self.grant = grant
    self.redirectURI = redirectURI
    self.nonce = nonce
    self.challenge = challenge
    self.expiresAt = expiresAt
    self.spentAt = spentAt
    self.spentBy = spentBy
  }
}
