/// The outcome of one attempt to hand over a mail.
public enum Outcome: Sendable, Equatable {
  /// The server accepted it (RFC 5321 §6.1: it is the server's responsibility now).
  case delivered
  /// The server refused it and will do so again (5xx), or could never have accepted it.
  case refused(Trouble)
  /// It was not sent this time: the server said "later" (4xx), could not be reached, or may not be trusted.
  case deferred(Trouble)
  /// The connection ended after the mail was sent and before the server replied: it may have been accepted.
  case unknown(Trouble)

  /// How far the conversation got.
  public enum Step: String, Sendable, CaseIterable {
    case connection, greeting, hello, encryption, authentication, sender, recipient, message

    /// Whether a refusal here is about this mail. Earlier, it is about the server or our settings, and would affect
    /// every mail.
    public var concernsTheMail: Bool { self == .recipient || self == .message }
  }

  /// Where it went wrong, and a sentence for the administrator that never contains a credential.
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
