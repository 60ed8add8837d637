public import Foundation

extension Auth {
  /// A browser's login.
  public struct Session: Codable, Sendable, Equatable, Identifiable {
    public var id: SessionID
    public var createdAt: Date
    public var lastSeenAt: Date
    /// When it ends unless it is used before.
    public var expiresAt: Date
    public var address: String
    public var userAgent: String
    /// RFC 8176 methods: `phr`, `pop`, `user` and `mfa` for a verified passkey, `otp` for a one-time code.
    public var amr: [String]

    public init(
      id: SessionID, createdAt: Date, lastSeenAt: Date, expiresAt: Date, address: String, userAgent: String,
      amr: [String]
    ) {
      self.id = id
      self.createdAt = createdAt
      self.lastSeenAt = lastSeenAt
      self.expiresAt = expiresAt
      self.address = address
      self.userAgent = userAgent
      self.amr = amr
    }
  }

  /// Who the caller is. Slides the session's expiry, at most once a minute.
  public struct CurrentSession: ServiceRequest {
    public static let method: MethodName = "auth.currentSession/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case signedIn(User, Session)
      case signedOut
    }

    public init() {}
  }

  /// The caller's own live sessions, newest first.
  public struct ListSessions: ServiceRequest {
    public static let method: MethodName = "auth.listSessions/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      /// `current` is the session that sent the request.
      case sessions([Session], current: SessionID)
      case notSignedIn
    }

    public init() {}
  }

  /// Ends sessions of the caller: at once, everywhere.
  public struct EndSessions: ServiceRequest {
    public static let method: MethodName = "auth.endSessions/1"
    public static let replay = Replay.replayable

    public enum Which: Codable, Sendable, Equatable {
      case one(SessionID)
      /// All but the session that sent the request.
      case others
      /// All, and everything that apps hold for the person, even from sessions that ended long ago.
      case everywhere
    }

    public enum Response: Codable, Sendable, Equatable {
      case ended(count: Int)
      case notSignedIn
    }

    public var which: Which

    public init(_ which: Which) { self.which = which }
  }
}
