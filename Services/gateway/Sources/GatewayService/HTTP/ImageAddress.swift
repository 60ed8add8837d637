import LatchkeyProtocol

/// The addresses of images in our pages: with a version, so that a browser may keep what it has for ever.
enum ImageAddress {
  static func of(_ image: ApplicationImage, version: String) -> String {
    switch image {
    case .logoLight: "/api/application-images/logo?v=\(version)"
    case .logoDark: "/api/application-images/logo?light=false&v=\(version)"
    default: "/api/application-images/\(image.rawValue)?v=\(version)"
    }
  }

  /// A person's picture as lists show it; nil if a letter stands in for it.
  /// - Parameter other: the version of the operator's picture for people who have none.
  static func small(_ user: User, orElse other: String? = nil) -> String? {
    (user.pictureVersion ?? other).map { "/api/users/\(user.id)/profile-picture.png?size=small&v=\($0)" }
  }

  static func picture(_ user: User) -> String? {
    user.pictureVersion.map { "/api/users/\(user.id)/profile-picture.png?v=\($0)" }
  }

  static func logo(_ client: String, _ logos: LogoVersions?) -> String? {
    logos?.light.map { "/api/oidc/clients/\(ClientPage.pathID(client))/logo?v=\($0)" }
  }

  static func darkLogo(_ client: String, _ logos: LogoVersions?) -> String? {
    logos?.dark.map { "/api/oidc/clients/\(ClientPage.pathID(client))/logo?light=false&v=\($0)" }
  }
}
