extension Auth {
  /// Begins a fresh assertion by the signed-in caller, for one purpose. Writes nothing.
  public struct BeginProof: ServiceRequest {
    public static let method: MethodName = "auth.beginProof/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case begun(Ceremony)
      case notSignedIn
    }

    public var purpose: ProofPurpose

    public init(purpose: ProofPurpose) { self.purpose = purpose }
  }

  /// Checks the assertion and records a proof, bound to session and purpose, good for one use within three minutes.
  public struct FinishProof: ServiceRequest {
    public static let method: MethodName = "auth.finishProof/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case proven
      case refused(CeremonyRefusal)
      case notSignedIn
    }

    public var answer: CeremonyAnswer

    public init(answer: CeremonyAnswer) { self.answer = answer }
  }
}
