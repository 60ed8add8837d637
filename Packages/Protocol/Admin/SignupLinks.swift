public import Foundation

extension Admin {
  /// A link by which people sign up.
  public struct SignupLink: Codable, Sendable, Equatable, Identifiable {
    public var id: SignupLinkID
    /// What stands in the link `/st/…`.
    public var token: Secret
    public var expiresAt: Date
    public var usageLimit: Int
    public var usageCount: Int
    /// The groups that whoever uses it joins.
    public var groups: [GroupSummary]
    public var createdAt: Date

    public init(
      id: SignupLinkID, token: Secret, expiresAt: Date, usageLimit: Int, usageCount: Int, groups: [GroupSummary],
      createdAt: Date
    ) {
      self.id = id
      self.token = token
      self.expiresAt = expiresAt
      self.usageLimit = usageLimit
      self.usageCount = usageCount
      self.groups = groups
      self.createdAt = createdAt
    }
  }
}
