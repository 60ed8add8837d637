extension Admin {
  /// What an administrator does first, in this order.
  public enum FirstStep: String, Codable, Sendable, Equatable, CaseIterable {
    /// A second passkey, or a link to keep in case the first is lost.
    case secondWay
    /// There is another user, or one has been invited.
    case firstPerson
    /// An app signs people in here.
    case firstApp
  }

  /// Which of the steps are done or skipped.
  public struct FirstSteps: Codable, Sendable, Equatable {
    /// Derived from what exists, not from what was clicked.
    public var done: [FirstStep]
    /// Dismissed without being done.
    public var skipped: [FirstStep]

    public init(done: [FirstStep], skipped: [FirstStep]) {
      self.done = done
      self.skipped = skipped
    }

    /// Neither done nor dismissed.
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

  /// Dismisses steps for good.
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
