public import Foundation

/// A client as far as its authentication goes.
public struct ClientCredentials: Sendable, Hashable {
  public let id: String
  public let isPublic: Bool
  public let secrets: [StoredSecret]

  public init(id: String, isPublic: Bool, secrets: [StoredSecret]) {
    self.id = id
    self.isPublic = isPublic
    self.secrets = secrets
  }
}

/// A client secret as stored.
public struct StoredSecret: Sendable, Hashable {
  public enum Algorithm: String, Sendable, Hashable, Codable {
    /// For what we generated: 256 random bits need no salt and no stretching.
    case sha256
    /// For what a person chose or another product made: under the service's hash key, which a dump does not have.
    case hmacSHA256 = "hmac-sha256"
    /// As another product kept it, until it is used here for the first time: then it is hashed anew.
    case bcrypt
  }

  public let id: String
  public let algorithm: Algorithm
  public let hash: [UInt8]
  public let expiresAt: Date?
  /// Its use was noted over a minute ago, or never.
  public let isStale: Bool

  public init(id: String, algorithm: Algorithm = .sha256, hash: [UInt8], expiresAt: Date? = nil, isStale: Bool = false)
  {
    self.id = id
    self.algorithm = algorithm
    self.hash = hash
    self.expiresAt = expiresAt
    self.isStale = isStale
  }
}
