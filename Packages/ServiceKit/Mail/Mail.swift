public import Foundation
public import LatchkeyProtocol

/// A mail that somebody is to get: what it says, not yet in words. It lies sealed in the outbox until it is delivered.
public struct Mail: Codable, Sendable, Equatable {
  public enum Content: Codable, Sendable, Equatable {
    /// A code that signs in once, and the link that holds it.
    case oneTimeCode(code: Secret, link: Secret, expiresAt: Date)
    /// Somebody signed in with a browser that was not seen before.
    case newDevice(userAgent: String, address: String, at: Date)
    /// The link that proves the reader's address.
    case verifyEmail(link: Secret, expiresAt: Date)
    case apiKeyExpiring(name: String, expiresAt: Date)
    /// Says that mail works.
    case test
  }

  public var content: Content
  /// Where it goes; nil: to the address that the person has when it is delivered.
  public var recipient: String?
  /// The languages that the reader's browser asked for, best first; the account's own comes before them.
  public var languages: [String]

  public init(_ content: Content, to recipient: String? = nil, languages: [String] = []) {
    self.content = content
    self.recipient = recipient
    self.languages = languages
  }

  /// The kind in the outbox's column, which an administrator may see.
  public var kind: String {
    switch content {
    case .oneTimeCode: "one-time-code"
    case .newDevice: "new-device"
    case .verifyEmail: "verify-email"
    case .apiKeyExpiring: "api-key-expiring"
    case .test: "test"
    }
  }

  /// How long after `now` anybody wants it: what expires is of no use afterwards, news are none after a day.
  func usefulness(_ now: Date) -> TimeInterval {
    switch content {
    case .oneTimeCode(_, _, let end), .verifyEmail(_, let end), .apiKeyExpiring(_, let end):
      max(0, end.timeIntervalSince(now))
    case .newDevice: 24 * 3600
    case .test: 3600
    }
  }
}
