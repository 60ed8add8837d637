public import Foundation

/// A custom claim as stored: a name and a text that may be JSON.
public struct StoredClaim: Sendable, Hashable {
  public let key: String
  public let value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// What a token may say about a person.
public struct UserFacts: Sendable, Hashable {
  public let id: String
  public let username: String
  public let email: String?
  public let emailVerified: Bool
  public let firstName: String
  public let lastName: String
  public let displayName: String
  /// The URL of the person's picture; there always is one. Not stored: code that knows our address sets it.
  public var picture: String?
  /// The language that the person chose (BCP 47); nil for none.
  public let locale: String?
  /// When any of this was last changed.
  public let updatedAt: Date?
  /// Names of the user's groups.
  public let groups: [String]
  /// Claims of the user's groups in a stable order; a later one wins over an earlier.
  public let groupClaims: [StoredClaim]
  /// Claims of the user: they win over those of groups.
  public let userClaims: [StoredClaim]

  public init(
    id: String, username: String, email: String?, emailVerified: Bool, firstName: String, lastName: String,
    displayName: String, picture: String? = nil, locale: String? = nil, updatedAt: Date? = nil, groups: [String],
    groupClaims: [StoredClaim] = [], userClaims: [StoredClaim] = []
  ) {
    self.id = id
    self.username = username
    self.email = email
    self.emailVerified = emailVerified
    self.firstName = firstName
    self.lastName = lastName
    self.displayName = displayName
    self.picture = picture
    self.locale = locale
    self.updatedAt = updatedAt
    self.groups = groups
    self.groupClaims = groupClaims
    self.userClaims = userClaims
  }
}
