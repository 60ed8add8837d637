extension Auth {
  /// An image to show. It is `auth` that is asked, since logos stand on the page where people sign in.
  public struct GetImage: ServiceRequest {
    public static let method: MethodName = "auth.getImage/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case image(StoredImage)
      /// The asker knows this version.
      case unchanged(version: String)
      case notFound
      /// Only an administrator may see it by itself: the picture of people who have none.
      case notSignedIn
      case notAdministrator
    }

    /// A person without a picture, or nobody at all, is shown the operator's default picture, or a neutral one; a dark
    /// logo that does not exist the light one.
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
