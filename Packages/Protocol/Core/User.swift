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

  public init(
    id: UserID, username: String, email: String?, emailVerified: Bool, firstName: String, lastName: String,
    displayName: String, isAdmin: Bool, locale: String?, disabled: Bool
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
