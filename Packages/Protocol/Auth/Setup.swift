extension Auth {
  /// Whether the first administrator may be made now.
  public struct SetupStatus: ServiceRequest {
    public static let method: MethodName = "auth.setupStatus/1"
    public static let replay = Replay.read

    public enum Response: String, Codable, Sendable, Equatable {
      case open
      /// An administrator exists, or 60 minutes have passed since the start.
      case closed
    }

    public init() {}
  }

  /// Begins the registration of the first administrator's passkey. Writes nothing.
  public struct BeginSetup: ServiceRequest {
    public static let method: MethodName = "auth.beginSetup/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case begun(Ceremony)
      case invalid([FieldProblem])
      case closed
    }

    public var profile: Profile

    public init(profile: Profile) { self.profile = profile }
  }

  /// Commits the first administrator, their passkey and their session together; exactly one caller ever wins.
  public struct FinishSetup: ServiceRequest {
    public static let method: MethodName = "auth.finishSetup/1"
    public static let replay = Replay.replayable

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
