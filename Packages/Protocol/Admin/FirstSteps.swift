extension Admin {
  /// What an administrator does first, in this order.
  public enum FirstStep: String, Codable, Sendable, Equatable, CaseIterable {
    /// A second passkey, or a link to keep for the day when the first is lost.
    case secondWay
    /// Somebody else is here, or invited.
    case firstPerson
    /// An app signs people in here.
    case firstApp
  }

  /// Where the installation stands with them.
  public struct FirstSteps: Codable, Sendable, Equatable {
    /// Told from what there is, not from what was clicked.
    public var done: [FirstStep]
    /// Put away without being done.
    public var skipped: [FirstStep]

    public init(done: [FirstStep], skipped: [FirstStep]) {
      self.done = done
      self.skipped = skipped
    }

    /// What is still to be done, and not put away.
    public var open: [FirstStep] { FirstStep.allCases.filter { !done.contains($0) && !skipped.contains($0) } }
  }

  public struct GetFirstSteps: ServiceRequest {
    public static let method: MethodName = "admin.getFirstSteps/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case steps(FirstSteps)
      case denied(Denial)
    }

    public init() {}
  }

  /// Puts steps away, for good.
  public struct SkipFirstSteps: ServiceRequest {
    public static let method: MethodName = "admin.skipFirstSteps/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case skipped
      case denied(Denial)
    }

    public var steps: [FirstStep]

    public init(steps: [FirstStep]) { self.steps = steps }
  }
}
