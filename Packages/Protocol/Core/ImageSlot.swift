public import Foundation

/// Where an image belongs.
public enum ImageSlot: Codable, Sendable, Equatable, Hashable {
  /// A person's picture.
  case person(UserID)
  /// An app's logo, for light or dark surroundings.
  case clientLogo(client: String, dark: Bool)
  case application(ApplicationImage)
}

/// The operator's own images.
public enum ApplicationImage: String, Codable, Sendable, Equatable, Hashable, CaseIterable {
  case logoLight = "logo-light"
  case logoDark = "logo-dark"
  case background
  case favicon
  /// The head of a mail.
  case email
  /// The picture of people who have none.
  case defaultProfilePicture = "default-profile-picture"

  /// Its name among `Auth.Appearance.images`.
  public var name: String { "application/\(rawValue)" }
}

/// An image as it is kept and served.
public struct StoredImage: Codable, Sendable, Equatable {
  public var contentType: String
  public var bytes: Data
  /// A hash of the bytes, 16 hexadecimal digits.
  public var version: String

  public init(contentType: String, bytes: Data, version: String) {
    self.contentType = contentType
    self.bytes = bytes
    self.version = version
  }
}

/// Which logos an app has, by the versions of their content.
public struct LogoVersions: Codable, Sendable, Equatable {
  public var light: String?
  public var dark: String?

  /// Nil where there is none at all.
  public init?(light: String?, dark: String?) {
    guard light != nil || dark != nil else { return nil }
    self.light = light
    self.dark = dark
  }
}
