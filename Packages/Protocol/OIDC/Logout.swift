public import Encodings
public import Foundation

extension OIDC {
  /// OpenID Connect RP-Initiated Logout 1.0 §2: a request to end the browser's session, as received. It only decides:
  /// `auth` ends the browser's session, and only a session that no browser brought ends at once.
  public struct EndSession: ServiceRequest {
    public static let method: MethodName = "oidc.endSession/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document
    public typealias Response = Leaving

    public var parameters: [FormField]

    public init(parameters: [FormField]) { self.parameters = parameters }
  }

  /// The person confirmed on our own page.
  public struct ConfirmEndSession: ServiceRequest {
    public static let method: MethodName = "oidc.confirmEndSession/1"
    public static let replay = Replay.read
    public static let longestText = TextBound.document
    public typealias Response = Leaving

    /// What the question brought; nil when no app asked.
    public var confirmation: Secret?

    public init(confirmation: Secret?) { self.confirmation = confirmation }
  }

  /// What to do to sign a person out.
  public enum Leaving: Codable, Sendable, Equatable {
    /// End the caller's session, then say goodbye.
    case end(LogoutDestination)
    /// Nothing proves that the person wants it: ask them.
    case ask(LogoutQuestion)
    /// No user is signed in.
    case over(LogoutDestination)
  }

  /// Where to go after signing out.
  public struct LogoutDestination: Codable, Sendable, Equatable {
    /// The app that asked.
    public var app: ClientSummary?
    /// Proven: the browser is sent there.
    public var destination: String?
    /// Registered, but not proven: the person may follow it.
    public var link: String?
    /// The app named an address that is not registered for it.
    public var isAddressUnknown: Bool
    /// An address was named, but nothing proves whose: the request's hint is missing, changed or another person's.
    public var isUnproven: Bool?
    /// What the browser is to load, hidden, so that apps end their own sessions (Front-Channel Logout 1.0 §3).
    public var frames: [Frame]

    public struct Frame: Codable, Sendable, Equatable {
      public var location: String
      /// For `frame-src`.
      public var origin: String

      public init(location: String, origin: String) {
        self.location = location
        self.origin = origin
      }
    }

    public init(
      app: ClientSummary? = nil, destination: String? = nil, link: String? = nil, isAddressUnknown: Bool = false,
      isUnproven: Bool? = nil, frames: [Frame] = []
    ) {
      self.app = app
      self.destination = destination
      self.link = link
      self.isAddressUnknown = isAddressUnknown
      self.isUnproven = isUnproven
      self.frames = frames
    }
  }

  /// What the person is asked before they are signed out.
  public struct LogoutQuestion: Codable, Sendable, Equatable {
    public var user: User
    /// The app that asks, or is claimed to ask.
    public var app: ClientSummary?
    /// Sent with the confirmation.
    public var confirmation: Secret
    /// Registered for the app: where a person who declines returns to.
    public var back: String?

    public init(user: User, app: ClientSummary?, confirmation: Secret, back: String? = nil) {
      self.user = user
      self.app = app
      self.confirmation = confirmation
      self.back = back
    }
  }

  /// The state of telling one app that sessions have ended (Back-Channel Logout 1.0).
  public struct LogoutNotices: Codable, Sendable, Equatable {
    /// Why an app has not been told.
    public struct Trouble: Codable, Sendable, Equatable {
      public enum Reason: String, Codable, Sendable, Equatable, CaseIterable {
        /// It answered with 400: it rejects the notice.
        case refused
        /// It answered with another status than 200.
        case status
        /// No connection, no TLS, or no HTTP.
        case connection
        case timedOut
        /// The name does not resolve, or resolves to an address that we never call.
        case address
        /// A day has passed.
        case expired
        /// The client has no such address any more.
        case removed
      }

      public var reason: Reason
      /// The status, or what the app said.
      public var detail: String?

      public init(_ reason: Reason, _ detail: String? = nil) {
        self.reason = reason
        self.detail = detail
      }

      /// As the outbox keeps it.
      public var text: String { detail.map { "\(reason.rawValue): \($0)" } ?? reason.rawValue }

      public init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let word = parts.first, let reason = Reason(rawValue: String(word)) else { return nil }
        self.init(reason, parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : nil)
      }
    }

    /// The client has a back-channel address.
    public var isSet: Bool
    public var waiting: Int
    public var waitingSince: Date?
    /// When a notice that failed is retried.
    public var nextAttempt: Date?
    /// Given up, within the last week.
    public var failed: Int
    public var failedAt: Date?
    /// Of the newest that waits after a failed attempt, or of the newest that was given up.
    public var trouble: Trouble?
    /// When it last received a notice, within the last week.
    public var toldAt: Date?

    public init(
      isSet: Bool, waiting: Int = 0, waitingSince: Date? = nil, nextAttempt: Date? = nil, failed: Int = 0,
      failedAt: Date? = nil, trouble: Trouble? = nil, toldAt: Date? = nil
    ) {
      self.isSet = isSet
      self.waiting = waiting
      self.waitingSince = waitingSince
      self.nextAttempt = nextAttempt
      self.failed = failed
      self.failedAt = failedAt
      self.trouble = trouble
      self.toldAt = toldAt
    }
  }

  public struct GetLogoutNotices: ServiceRequest {
    public static let method: MethodName = "oidc.getLogoutNotices/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case notices(LogoutNotices)
      case notFound
      case denied(Admin.Denial)
    }

    public var clientID: String

    public init(clientID: String) { self.clientID = clientID }
  }

  /// Retries now the notices that an app did not receive.
  public struct RetryLogoutNotices: ServiceRequest {
    public static let method: MethodName = "oidc.retryLogoutNotices/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      /// How many are retried; those older than a day are not.
      case retried(count: Int)
      case notFound
      case denied(Admin.Denial)
    }

    public var clientID: String

    public init(clientID: String) { self.clientID = clientID }
  }
}
