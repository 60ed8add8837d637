public import LatchkeyProtocol
public import Store

extension StoreAccess {
  /// A user with groups and claims, as responses show them.
  public func detailed(_ user: User, _ call: Call) async throws(ServiceFailure) -> User {
    user.with(try await first(Users.Details([user.id]), call))
  }
}

extension User {
  /// The user with the details that were read; unchanged if none were.
  public func with(_ details: Users.Details.Row?) -> User {
    guard let details else { return self }
    var user = self
    user.groups = details.groups
    user.customClaims = details.claims
    return user
  }
}
