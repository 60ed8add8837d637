public import Foundation

/// A grant as tokens are made from it, with the current facts about its person.
public struct StoredGrant: Sendable, Hashable {
  public let id: UUID
  public let clientID: String
  public let userID: String
  /// The granted scopes.
  public let scopes: [String]
  public let sessionID: String
  public let authenticatedAt: Date
  public let amr: [String]
  /// The `claims` parameter as JSON text.
  public let claims: String?
  /// It, or the session that it is bound to.
  public let ended: Bool
  /// Nil when the person is gone, disabled, outside the client's groups, or has taken the consent back since.
  public let person: UserFacts?

  public init(
    id: UUID, clientID: String, userID: String, scopes: [String], sessionID: String, authenticatedAt: Date,
    amr: [String], claims: String? = nil, ended: Bool = false, person: UserFacts?
  ) {
    self.id = id
    self.clientID = clientID
    self.userID = userID
    self.scopes = scopes
    self.sessionID = sessionID
    self.authenticatedAt = authenticatedAt
    self.amr = amr
    self.claims = claims
    self.ended = ended
    self.person = person
  }

  public var lives: Bool { !ended && person != nil }
}
