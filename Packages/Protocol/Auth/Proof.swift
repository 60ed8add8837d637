extension Auth {
  /// Begins a fresh assertion by the signed-in caller, for the purposes that the page stated. Writes nothing.
  public struct BeginProof: ServiceRequest {
    public static let method: MethodName = "auth.beginProof/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case begun(Ceremony)
      case notSignedIn
    }

    /// Purposes of one assertion: the most that one act needs; changing a person needs two.
    public static let mostPurposes = 4

    public var purpose: ProofPurpose
    /// Further purposes, when one act needs several.
    public var also: [ProofPurpose]?

    public init(purpose: ProofPurpose, also: [ProofPurpose]? = nil) {
      self.purpose = purpose
      self.also = also
    }
  }

  /// Checks the assertion and records a proof for each purpose, bound to the session: valid for five minutes and one
  /// use, or for any number of uses where the purpose is lasting.
  public struct FinishProof: ServiceRequest {
    public static let method: MethodName = "auth.finishProof/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      case proven
      case refused(CeremonyRefusal)
      case notSignedIn
    }

    public var answer: CeremonyAnswer

    public init(answer: CeremonyAnswer) { self.answer = answer }
  }
}
