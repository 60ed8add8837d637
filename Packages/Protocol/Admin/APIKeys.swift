public import Foundation

extension Admin {
  /// A key of the REST API, without the key. It acts with its owner's rights.
  public struct APIKey: Codable, Sendable, Equatable, Identifiable {
    public var id: APIKeyID
    public var name: String
    public var description: String?
    public var expiresAt: Date
    public var lastUsedAt: Date?
    public var createdAt: Date
    public var expirationEmailSent: Bool

    public init(
      id: APIKeyID, name: String, description: String?, expiresAt: Date, lastUsedAt: Date?, createdAt: Date,
      expirationEmailSent: Bool
    ) {
      self.id = id
      self.name = name
      self.description = description
      self.expiresAt = expiresAt
      self.lastUsedAt = lastUsedAt
      self.createdAt = createdAt
      self.expirationEmailSent = expirationEmailSent
    }
  }
}
