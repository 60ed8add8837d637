extension Auth {
  /// Whether somebody may sign up now, with this link or without one. Looking uses nothing up.
  public struct SignUpStatus: ServiceRequest {
    public static let method: MethodName = "auth.signUpStatus/1"
    public static let replay = Replay.read

    public enum Response: String, Codable, Sendable, Equatable {
      case open
      /// Only whoever brings a link may.
      case linkNeeded
      /// Unknown, used up or too old: which of these is not told.
      case linkInvalid
      case closed
    }

    /// The token of a link; nil when none was brought.
    public var link: Secret?

    public init(link: Secret?) { self.link = link }
  }

  /// Makes an account and its first session, using the link up by one, in one statement. The session may add the
  /// account's first passkey without further proof, for a while; an account without one gets in again only by a new
  /// link.
  public struct SignUp: ServiceRequest {
    public static let method: MethodName = "auth.signUp/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case signedUp(SignedIn)
      /// Nobody may sign up, or nobody without a link.
      case closed
      case linkInvalid
      /// Somebody has, or had until lately, this name or address.
      case taken([FieldProblem])
      case invalid([FieldProblem])
    }

    public var profile: Profile
    public var link: Secret?

    public init(profile: Profile, link: Secret?) {
      self.profile = profile
      self.link = link
    }
  }
}
