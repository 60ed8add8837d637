extension Auth {
  /// Who the caller is, by a browser's session or by an API key, with groups and claims. Slides a session's expiry, at
  /// most once a minute.
  public struct CurrentUser: ServiceRequest {
    public static let method: MethodName = "auth.currentUser/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case user(User)
      case notSignedIn
    }

    public init() {}
  }

  /// Why a session or key does not identify a caller: whether the account is disabled.
  public struct WhyNobody: ServiceRequest {
    public static let method: MethodName = "auth.whyNobody/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      /// The session or key would be valid if the account were not disabled.
      case disabled
      /// It never was valid, is not valid any more, or is valid.
      case other
    }

    public init() {}
  }

  /// Another person's passkeys, oldest first, for an administrator.
  public struct ListPasskeysOf: ServiceRequest {
    public static let method: MethodName = "auth.listPasskeysOf/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case passkeys([Passkey])
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID

    public init(user: UserID) { self.user = user }
  }

  /// Removes a passkey that another person has lost, even their last: then only a one-time link lets them in.
  public struct RemovePasskeyOf: ServiceRequest {
    public static let method: MethodName = "auth.removePasskeyOf/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case removed
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID
    public var id: PasskeyID

    public init(user: UserID, id: PasskeyID) {
      self.user = user
      self.id = id
    }
  }

  /// Another person's live sessions, newest first, for an administrator.
  public struct ListSessionsOf: ServiceRequest {
    public static let method: MethodName = "auth.listSessionsOf/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case sessions([Session])
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID

    public init(user: UserID) { self.user = user }
  }

  /// Ends one session of another person, or all of them: at once, everywhere.
  public struct EndSessionsOf: ServiceRequest {
    public static let method: MethodName = "auth.endSessionsOf/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case ended(count: Int)
      case notFound
      case denied(Admin.Denial)
    }

    public var user: UserID
    /// Nil for all of them.
    public var session: SessionID?

    public init(user: UserID, session: SessionID? = nil) {
      self.user = user
      self.session = session
    }
  }
}
