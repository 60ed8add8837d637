public import Foundation

/// A person, as every service shows them.
public struct User: Codable, Sendable, Equatable, Identifiable {
  public var id: UserID
  public var username: String
  public var email: String?
  public var emailVerified: Bool
  public var firstName: String
  public var lastName: String
  public var displayName: String
  public var isAdmin: Bool
  /// BCP 47 tag that the person chose, or nil to follow the browser.
  public var locale: String?
  public var disabled: Bool
  /// Until then no codes are mailed to the address, since it was changed a short while ago; nil when they are.
  public var codesMailedFrom: Date?
  /// The person's groups by name; nil where the answer does not say.
  public var groups: [GroupSummary]?
  /// The person's own custom claims by key; nil where the answer does not say.
  public var customClaims: [CustomClaim]?
  /// Changes with the person's picture; nil while they have none.
  public var pictureVersion: String?

  public init(
    id: UserID, username: String, email: String?, emailVerified: Bool, firstName: String, lastName: String,
    displayName: String, isAdmin: Bool, locale: String?, disabled: Bool, codesMailedFrom: Date? = nil,
    groups: [GroupSummary]? = nil, customClaims: [CustomClaim]? = nil, pictureVersion: String? = nil
  ) {
    self.id = id
    self.username = username
    self.email = email
    self.emailVerified = emailVerified
    self.firstName = firstName
    self.lastName = lastName
    self.displayName = displayName
    self.isAdmin = isAdmin
    self.locale = locale
    self.disabled = disabled
    self.codesMailedFrom = codesMailedFrom
    self.groups = groups
    self.customClaims = customClaims
    self.pictureVersion = pictureVersion
  }
}

extension User {
  /// The name to show for the person: the display name, or if that is empty (programs may leave it so) first and last
  /// name, or the username.
  public var nameToShow: String {
    Profile.nameToShow(displayName, firstName: firstName, lastName: lastName, username: username)
  }
}

/// A group, as people and clients name theirs.
public struct GroupSummary: Codable, Sendable, Equatable, Identifiable {
  public var id: GroupID
  /// The value in the `groups` claim.
  public var name: String
  /// The name that people see.
  public var friendlyName: String
  /// Nil where the answer does not say.
  public var createdAt: Date?

  public init(id: GroupID, name: String, friendlyName: String, createdAt: Date? = nil) {
    self.id = id
    self.name = name
    self.friendlyName = friendlyName
    self.createdAt = createdAt
  }
}

/// A custom claim: a name and a text that may be JSON.
public struct CustomClaim: Codable, Sendable, Equatable, Hashable {
  public var key: String
  public var value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// What a person says of themselves when an account is made or edited; checked by the service that stores it.
public struct Profile: Codable, Sendable, Equatable {
  public var username: String
  public var email: String?
  public var firstName: String
  public var lastName: String
  /// Nil: first and last name, joined by a space.
  public var displayName: String?
  public var locale: String?

  public init(
    username: String, email: String?, firstName: String, lastName: String, displayName: String? = nil,
    locale: String? = nil
  ) {
    self.username = username
    self.email = email
    self.firstName = firstName
    self.lastName = lastName
    self.displayName = displayName
    self.locale = locale
  }
}
