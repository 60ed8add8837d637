public import Foundation

extension Admin {
  /// A mail that has not been delivered: its subject matter and status, without its content.
  public struct MailStatus: Codable, Sendable, Equatable, Identifiable {
    public enum State: String, Codable, Sendable, Equatable {
      case waiting
      /// It is being delivered right now.
      case sending
      /// It was given up.
      case failed
    }

    public var id: UUID
    /// `one-time-code`, `new-device`, `new-passkey`, `new-api-key`, `sign-in-link`, `new-address`, `verify-email`,
    /// `api-key-expiring`, `test`.
    public var kind: String
    public var state: State
    public var user: UserID?
    public var username: String?
    /// The person's address now.
    public var email: String?
    public var createdAt: Date
    public var attempts: Int
    public var nextAttempt: Date?
    public var failedAt: Date?
    /// A word for why it was not sent: `connection`, `authentication`, `recipient`, …; see `MailTrouble` of the admin
    /// service.
    public var reason: String?
    /// What the server said, or what else is known.
    public var detail: String?
    /// It would still be of use to the recipient.
    public var canRetry: Bool

    public init(
      id: UUID, kind: String, state: State, user: UserID? = nil, username: String? = nil, email: String? = nil,
      createdAt: Date, attempts: Int = 0, nextAttempt: Date? = nil, failedAt: Date? = nil, reason: String? = nil,
      detail: String? = nil, canRetry: Bool = true
    ) {
      self.id = id
      self.kind = kind
      self.state = state
      self.user = user
      self.username = username
      self.email = email
      self.createdAt = createdAt
      self.attempts = attempts
      self.nextAttempt = nextAttempt
      self.failedAt = failedAt
      self.reason = reason
      self.detail = detail
      self.canRetry = canRetry
    }
  }

  /// The mails that were not delivered, failed ones first.
  public struct ListMail: ServiceRequest {
    public static let method: MethodName = "admin.listMail/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      /// - configured: whether a server is set.
      case mail(Page<MailStatus>, configured: Bool)
      case denied(Denial)
    }

    public var page: PageRequest

    public init(page: PageRequest) { self.page = page }
  }

  /// Tries a mail again now.
  public struct RetryMail: ServiceRequest {
    public static let method: MethodName = "admin.retryMail/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case retried
      case notFound
      /// It is of no use any more: its content has expired.
      case useless
      case denied(Denial)
    }

    public var id: UUID

    public init(id: UUID) { self.id = id }
  }

  /// Removes a mail that was not delivered.
  public struct DiscardMail: ServiceRequest {
    public static let method: MethodName = "admin.discardMail/1"
    public static let replay = Replay.once

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case discarded
      case notFound
      case denied(Denial)
    }

    public var id: UUID

    public init(id: UUID) { self.id = id }
  }

  /// Sends the caller a test mail, and waits a moment for the result.
  public struct SendTestMail: ServiceRequest {
    public static let method: MethodName = "admin.sendTestMail/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case delivered
      /// It is on its way; the list shows the result.
      case waiting
      case failed(reason: String, detail: String?)
      /// No server is set.
      case notConfigured
      /// The caller has no address.
      case noAddress
      case denied(Denial)
    }

    public init() {}
  }

  /// Sends the caller a link that proves their address.
  public struct SendEmailVerification: ServiceRequest {
    public static let method: MethodName = "admin.sendEmailVerification/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case sent
      case alreadyVerified
      case noAddress
      /// The administrator turned it off.
      case disabled
      /// The daily limit is reached.
      case tooMany
      case denied(Denial)
    }

    public init() {}
  }

  /// Brings the token sent to a person's former address: they changed it themselves, so codes by mail go to the new one
  /// at once. Any caller may bring it: reading that mailbox shows that the caller is that person.
  public struct ConfirmNewAddress: ServiceRequest {
    public static let method: MethodName = "admin.confirmNewAddress/1"
    public static let replay = Replay.replayable

    public enum Response: String, Codable, Sendable, Equatable {
      case confirmed
      /// Used, expired, or the address has changed again since.
      case invalid
    }

    public var token: Secret

    public init(token: Secret) { self.token = token }
  }

  /// Proves the caller's address with the token that was sent there.
  public struct VerifyEmail: ServiceRequest {
    public static let method: MethodName = "admin.verifyEmail/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case verified
      /// Used, expired, another user's, or sent to an address that is no longer the caller's.
      case invalid
      case denied(Denial)
    }

    public var token: Secret

    public init(token: Secret) { self.token = token }
  }
}
