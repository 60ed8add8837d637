extension Auth {
  /// Whether the first administrator may be made now.
  public struct SetupStatus: ServiceRequest {
    public static let method: MethodName = "auth.setupStatus/1"
    public static let replay = Replay.read

    public enum Response: String, Codable, Sendable, Equatable {
      case open
      /// An account exists, or 60 minutes have passed since the start or the command that opened it again.
      case closed
    }

    public init() {}
  }

  /// Begins the registration of the first administrator's passkey, for the person who has the code from the log. Writes
  /// nothing.
  public struct BeginSetup: ServiceRequest {
    public static let method: MethodName = "auth.beginSetup/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case begun(Ceremony)
      case invalid([FieldProblem])
      case closed
    }

    public var profile: Profile
    /// From the log; not needed by a person at the machine itself who uses a loopback address.
    public var code: Secret?
    /// The connection came from a loopback address, and no proxy says that it forwards a client. Nil: unknown.
    public var isFromThisMachine: Bool?
    /// The person says that the address is their own: apps are told that it is verified. Nil: the person did not say.
    public var emailVerified: Bool?

    public init(
      profile: Profile, code: Secret? = nil, isFromThisMachine: Bool? = nil, emailVerified: Bool? = nil
    ) {
      self.profile = profile
      self.code = code
      self.isFromThisMachine = isFromThisMachine
      self.emailVerified = emailVerified
    }
  }

  /// Commits the first administrator, their passkey and their session together; exactly one caller ever wins.
  public struct FinishSetup: ServiceRequest {
    public static let method: MethodName = "auth.finishSetup/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      case signedIn(SignedIn)
      case refused(CeremonyRefusal)
      case closed
    }

    /// The profile is not repeated: it is inside the sealed state, as it was when `BeginSetup` checked it.
    public var answer: CeremonyAnswer

    public init(answer: CeremonyAnswer) { self.answer = answer }
  }
}
