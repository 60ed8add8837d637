/// What became of one attempt to hand a mail over.
public enum Outcome: Sendable, Equatable {
  /// The server took it over (RFC 5321 §6.1: it is the server's now).
  case delivered
  /// The server said no, and will say so again (5xx), or could never have taken it.
  case refused(Trouble)
  /// It did not go now: the server said "later" (4xx), could not be reached, or may not be trusted.
  case deferred(Trouble)
  /// The connection ended after the mail was sent and before the server's word: it may have been taken over.
  case unknown(Trouble)

  /// How far the conversation had come.
  public enum Step: String, Sendable, CaseIterable {
    case connection, greeting, hello, encryption, authentication, sender, recipient, message

    /// Whether a refusal here is about this mail. Before, it is about the server or our settings, and would meet every
    /// mail.
    public var concernsTheMail: Bool { self == .recipient || self == .message }
  }

  /// Where it went wrong, and a sentence for the administrator, which never holds a credential.
  public struct Trouble: Error, Sendable, Equatable {
    public let step: Step
    public let sentence: String

    public init(_ step: Step, _ sentence: String) {
      self.step = step
      self.sentence = sentence
    }
  }

  public var trouble: Trouble? {
    switch self {
    case .delivered: nil
    case .refused(let trouble), .deferred(let trouble), .unknown(let trouble): trouble
    }
  }
}
