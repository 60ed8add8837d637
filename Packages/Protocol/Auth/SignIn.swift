extension Auth {
  /// Begins a sign-in with a discoverable passkey. Writes nothing.
  public struct BeginSignIn: ServiceRequest {
    public static let method: MethodName = "auth.beginSignIn/1"
    public static let replay = Replay.read
    public typealias Response = Ceremony

    public init() {}
  }

  /// Checks the assertion, spends the challenge and begins a session, in one statement.
  public struct FinishSignIn: ServiceRequest {
    public static let method: MethodName = "auth.finishSignIn/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document
    public typealias Response = SignInOutcome

    public var answer: CeremonyAnswer

    public init(answer: CeremonyAnswer) { self.answer = answer }
  }

  /// Signs in once with a code that an administrator handed out; the session's `amr` is `otp`.
  public struct RedeemOneTimeCode: ServiceRequest {
    public static let method: MethodName = "auth.redeemOneTimeCode/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case signedIn(SignedIn)
      /// Unknown, used or expired; the response does not say which.
      case invalid
    }

    public var code: Secret

    public init(code: Secret) { self.code = code }
  }

  /// Ends the caller's session. Ending one that has already ended is not an error.
  public struct SignOut: ServiceRequest {
    public static let method: MethodName = "auth.signOut/1"
    public static let replay = Replay.replayable

    public struct Response: Codable, Sendable, Equatable { public init() {} }

    public init() {}
  }
}
