public import Foundation

/// A refresh token as stored, with what its use depends on, read in one statement.
public struct StoredRefreshToken: Sendable, Hashable {
  /// How it was used.
  public struct Use: Sendable, Hashable {
    /// The id of the request.
    public let requestID: [UInt8]
    public let at: Date
    /// `AuthenticatedClient.proof` of that request.
    public let proof: String

    public init(requestID: [UInt8], at: Date, proof: String) {
      self.requestID = requestID
      self.at = at
      self.proof = proof
    }
  }

  /// The token that came after it.
  public enum Successor: Sendable, Hashable {
    case fresh
    case used
    /// There is none that could be derived again.
    case missing
  }

  /// Its scopes are those granted with the code; narrowing an access token does not narrow these.
  public let grant: StoredGrant
  public let expiresAt: Date
  /// Nil while it is fresh.
  public let use: Use?
  public let successor: Successor

  public init(grant: StoredGrant, expiresAt: Date, use: Use?, successor: Successor) {
    self.grant = grant
    self.expiresAt = expiresAt
    self.use = use
    self.successor = successor
  }
}
