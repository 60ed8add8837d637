extension Admin {
  /// The caller changes their own profile. A new e-mail address is unverified until it is proven.
  public struct UpdateOwnProfile: ServiceRequest {
    public static let method: MethodName = "admin.updateOwnProfile/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case updated(User)
      case invalid([FieldProblem])
      case denied(Denial)
    }

    public var profile: Profile

    public init(profile: Profile) { self.profile = profile }
  }
}
