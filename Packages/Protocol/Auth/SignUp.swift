extension Auth {
  /// Whether sign-up is open now, with this link or without one. Checking does not use the link.
  public struct SignUpStatus: ServiceRequest {
    public static let method: MethodName = "auth.signUpStatus/1"
    public static let replay = Replay.read

    public enum Response: String, Codable, Sendable, Equatable {
      case open
      /// Sign-up needs a link.
      case linkNeeded
      /// Unknown, used up or too old; the response does not say which.
      case linkInvalid
      case closed
    }

    /// The token of a link; nil for none.
    public var link: Secret?

    public init(link: Secret?) { self.link = link }
  }

  /// Creates an account and its first session, and counts one use of the link, in one statement. The session may add
  /// the account's first passkey without further proof, for a while; an account without a passkey gets in again only by
  /// a new link.
  public struct SignUp: ServiceRequest {
    public static let method: MethodName = "auth.signUp/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case signedUp(SignedIn)
      /// Sign-up is closed, or closed without a link.
      case closed
      case linkInvalid
      /// Another account has, or had until recently, this name or address.
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
