import OIDCFacts

extension UserFacts {
  /// With the address of the person's picture.
  /// - Parameter issuer: `APP_URL`, under which pictures are.
  func pictured(at issuer: String) -> UserFacts {
    var user = self
    user.picture = "\(issuer)/api/users/\(id)/profile-picture.png"
    return user
  }
}
