extension Auth {
  /// An administrator creates a code that signs a person in once. Needs a proof for `oneTimeLink`, unless an API key
  /// acts.
  public struct CreateOneTimeCode: ServiceRequest {
    public static let method: MethodName = "auth.createOneTimeCode/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case created(code: Secret)
      case invalid([FieldProblem])
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID
    public var lifetimeSeconds: Double

    public init(user: UserID, lifetimeSeconds: Double) {
      self.user = user
      self.lifetimeSeconds = lifetimeSeconds
    }
  }

  /// The same, sent to the person by mail; the administrator does not see the code.
  public struct MailOneTimeCode: ServiceRequest {
    public static let method: MethodName = "auth.mailOneTimeCode/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case sent
      /// The settings do not allow it.
      case off
      /// The person has no address.
      case noAddress
      case invalid([FieldProblem])
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID
    public var lifetimeSeconds: Double

    public init(user: UserID, lifetimeSeconds: Double) {
      self.user = user
      self.lifetimeSeconds = lifetimeSeconds
    }
  }

  /// Requests a code by mail, for this very browser; open to anyone. Neither the response nor its timing tells whether
  /// an account has the address.
  public struct AskForOneTimeCode: ServiceRequest {
    public static let method: MethodName = "auth.askForOneTimeCode/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case heard
      /// The settings do not allow it.
      case off
    }

    public var email: String
    /// A path on this site to go to after signing in; the gateway has checked that it is one.
    public var redirect: String?

    public init(email: String, redirect: String?) {
      self.email = email
      self.redirect = redirect
    }
  }

  /// Signs in once with a code; the session's `amr` is `otp`. For a while the session may add a passkey without further
  /// proof, so that a person who lost theirs recovers; it proves nothing else. A code that the person requested by mail
  /// does not allow this if the account has a passkey: then only an administrator's link does. A code that an
  /// administrator's API key created also proves one API key of the person.
  public struct SignInWithCode: ServiceRequest {
    public static let method: MethodName = "auth.signInWithCode/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case signedIn(SignedIn)
      /// Unknown, used or expired; the response does not say which.
      case wrong
      /// It was sent for another browser.
      case anotherBrowser
      case userDisabled
      /// Too many wrong codes came; this one was not looked at.
      case tooMany(retryAfterSeconds: Int)
    }

    public var code: Secret

    public init(code: Secret) { self.code = code }
  }

  /// A sign-in with a passkey a moment ago, in this session, counts as the proof for one purpose. A code's never does.
  public struct ProveBySignIn: ServiceRequest {
    public static let method: MethodName = "auth.proveBySignIn/1"
    public static let replay = Replay.replayable

    public enum Response: String, Codable, Sendable, Equatable {
      case proven
      /// It was too long ago, or not with a passkey.
      case stale
      case notSignedIn
    }

    public var purpose: ProofPurpose

    public init(purpose: ProofPurpose) { self.purpose = purpose }
  }
}
