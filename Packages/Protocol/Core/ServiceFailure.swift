/// Breakage between a request and its answer. Refusals that a standard foresees are answers, never this.
public struct ServiceFailure: Error, Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// No instance could be reached, or the connection broke before the answer came.
    case unavailable
    /// The call's deadline passed.
    case timedOut
    /// The service does not know this method, or not in this version.
    case unknownMethod
    /// Bytes that could not be read as the message or its answer.
    case malformed
    /// A text of the message is longer than the message takes; nothing was sent. The explanation names it.
    case textTooLong
    /// This peer may not call this method.
    case forbidden
    /// A limit of the sender or the receiver was reached; nothing was begun.
    case overloaded
    /// The service broke; its log has the cause under the request's id.
    case `internal`
  }

  public let kind: Kind

  /// Whether the message's effect may have happened. False is a promise: nothing was done, so it is safe to ask again.
  public let mayHaveHappened: Bool

  /// A sentence for people, fit for anyone to see. The private cause goes to the log, not in here.
  public let explanation: String

  public init(_ kind: Kind, mayHaveHappened: Bool, _ explanation: String) {
    self.kind = kind
    self.mayHaveHappened = mayHaveHappened
    self.explanation = explanation
  }
}

extension ServiceFailure: CustomStringConvertible {
  public var description: String {
    "\(kind.rawValue): \(explanation)\(mayHaveHappened ? " (it may have happened)" : "")"
  }
}
