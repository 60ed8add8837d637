public import Foundation
public import LatchkeyProtocol

/// A mail to a reader: what it says, not yet in words. It lies sealed in the outbox until it is delivered.
public struct Mail: Codable, Sendable, Equatable {
  /// Who did what a mail reports, as far as is known.
  public struct Origin: Codable, Sendable, Equatable {
    public let userAgent: String
    public let address: String
    public let at: Date

    public init(userAgent: String, address: String, at: Date) {
      self.userAgent = userAgent
      self.address = address
      self.at = at
    }

    public init(_ call: Call, at date: Date) {
      self.init(userAgent: call.caller.userAgent, address: call.caller.address, at: date)
    }
  }

  public enum Content: Codable, Sendable, Equatable {
    /// A code that signs in once, and the link that holds it. Which passkeys it may add depends on who asked for it:
    /// the reader, or an administrator.
    case oneTimeCode(code: Secret, link: Secret, expiresAt: Date, askedByReader: Bool)
    /// Someone signed in with a browser that was not seen before.
    case newDevice(Origin)
    /// A passkey of this name opens the reader's account from now on.
    case newPasskey(name: String, Origin)
    /// A key of this name acts as the reader from now on.
    case newAPIKey(name: String, Origin)
    /// An administrator made a link that signs in as the reader.
    case signInLink(by: String, Origin)
    /// The reader's account has another address now, or none; goes to the former one. If codes wait, they go to the new
    /// one after a day, or as soon as the link is followed; without a link there is no shorter way.
    case newAddress(String?, waits: Bool, confirm: Secret?, Origin)
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
    case .newPasskey: "new-passkey"
    case .newAPIKey: "new-api-key"
    case .signInLink: "sign-in-link"
    case .newAddress: "new-address"
    case .verifyEmail: "verify-email"
    case .apiKeyExpiring: "api-key-expiring"
    case .test: "test"
    }
  }

  /// It goes to an address that the reader no longer has.
  public var isForFormerAddress: Bool { if case .newAddress = content { true } else { false } }

  /// How long after `now` it is of use: until what it carries expires, or for a day if it is news.
  func usefulness(_ now: Date) -> TimeInterval {
    switch content {
    case .oneTimeCode(_, _, let end, _), .verifyEmail(_, let end), .apiKeyExpiring(_, let end):
      max(0, end.timeIntervalSince(now))
    case .newDevice, .newPasskey, .newAPIKey, .signInLink, .newAddress: 24 * 3600
    case .test: 3600
    }
  }
}
