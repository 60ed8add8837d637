public import Foundation

/// The browser's session, as the database has it now.
public struct SessionFacts: Sendable, Hashable {
  public let id: String
  public let userID: String
  /// When the user last proved who they are in this session (`auth_time`).
  public let authenticatedAt: Date
  /// Authentication methods, of `AMR`.
  public let amr: [String]
  /// Whether the user is in one of the client's allowed groups. Read even when the client is not restricted.
  public let inAllowedGroup: Bool

  public init(id: String, userID: String, authenticatedAt: Date, amr: [String], inAllowedGroup: Bool) {
    self.id = id
    self.userID = userID
    self.authenticatedAt = authenticatedAt
    self.amr = amr
    self.inAllowedGroup = inAllowedGroup
  }
}
