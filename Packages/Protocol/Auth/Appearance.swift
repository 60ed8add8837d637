extension Auth {
  /// How this installation presents itself to everyone: part of `auth`, so that signing in needs no other service.
  public struct Appearance: Codable, Sendable, Equatable {
    /// The settings that anyone may read, and no others.
    public var settings: ApplicationSettings
    /// Versions of the operator's images, by the image's name (`application/logo-light`, …).
    public var images: [String: String]

    public init(settings: ApplicationSettings, images: [String: String]) {
      self.settings = settings
      self.images = images
    }
  }

  public struct GetAppearance: ServiceRequest {
    public static let method: MethodName = "auth.getAppearance/1"
    public static let replay = Replay.read
    public typealias Response = Appearance

    public init() {}
  }
}
