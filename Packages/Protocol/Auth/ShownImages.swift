extension Auth {
  /// An image to show. `auth` serves it, since logos appear on the sign-in page.
  public struct GetImage: ServiceRequest {
    public static let method: MethodName = "auth.getImage/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case image(StoredImage)
      /// The caller already has this version.
      case unchanged(version: String)
      case notFound
      /// Only an administrator may see it by itself: the picture of people who have none.
      case notSignedIn
      case notAdministrator
    }

    /// For a person without a picture, or an unknown one, the response is the operator's default picture or a neutral
    /// one; for a dark logo that does not exist, the light one.
    public var slot: ImageSlot
    /// Of a person's picture, the one for lists.
    public var small: Bool
    public var knownVersion: String?

    public init(slot: ImageSlot, small: Bool = false, knownVersion: String? = nil) {
      self.slot = slot
      self.small = small
      self.knownVersion = knownVersion
    }
  }
}
