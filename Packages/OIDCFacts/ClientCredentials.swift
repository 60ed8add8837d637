public import Foundation

/// The facts about a client that its authentication needs.
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
    /// For secrets that we generated: 256 random bits need no salt and no stretching.
    case sha256
    /// For secrets from a person or another product: under the service's hash key, which a dump does not have.
    case hmacSHA256 = "hmac-sha256"
    /// As another product stored it, until its first use here: then it is hashed anew.
    case bcrypt
  }

  public let id: String
  public let algorithm: Algorithm
  public let hash: [UInt8]
  public let expiresAt: Date?
  /// Its last use was recorded over a minute ago, or never.
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
