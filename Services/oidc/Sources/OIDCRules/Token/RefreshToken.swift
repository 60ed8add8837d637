public import Foundation

/// A refresh token as text: a prefix by which scanners of leaked secrets know it, and 256 bits.
public enum RefreshToken {
  static let prefix = "lkr_"

  /// - Parameter bytes: 32, derived from what the token was given for.
  public static func text(_ bytes: [UInt8]) -> String { prefix + Base64URL.encode(bytes) }

  /// Whether a token may be one of ours: what else it may be is an access token.
  public static func isOne(_ text: String) -> Bool { text.hasPrefix(prefix) }
}

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

  public let clientID: String
  /// What was granted with the code; narrowing an access token narrows nothing here.
  public let scopes: [String]
  public let expiresAt: Date
  /// Nil while it is fresh.
  public let use: Use?
  public let successor: Successor
  /// Whether the authorization, its session where that binds it, user, consent and membership in groups live, as of now.
  public let authorizationLives: Bool

  public init(
    clientID: String, scopes: [String], expiresAt: Date, use: Use?, successor: Successor, authorizationLives: Bool
  ) {
    self.clientID = clientID
    self.scopes = scopes
    self.expiresAt = expiresAt
    self.use = use
    self.successor = successor
    self.authorizationLives = authorizationLives
  }
}

/// A refresh that may be answered. Only `RefreshTokenGrant.renewable` makes one.
public struct RenewableGrant: Sendable, Hashable {
  public let client: AuthenticatedClient
  /// Of the access token: what was granted, or as much less as the request asks for.
  public let scopes: [String]
  /// The token was used before and its answer may be given again: nothing is written.
  public let isRepeat: Bool
}
