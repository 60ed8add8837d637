/// What accompanies a message: which request it belongs to, on whose behalf, until when, and from which program.
public struct Call: Sendable {
  /// One per HTTP request, the same across retries.
  public let id: RequestID
  /// Who is behind the request; the receiver resolves it.
  public var caller: Caller
  /// The answer is of no use after this. Only the remaining time travels, never a clock's reading.
  public var deadline: ContinuousClock.Instant
  /// The program that asks. A sender states its own; the receiver takes it from the connection's identity instead.
  public let peer: Peer

  public init(
    id: RequestID = RequestID(), caller: Caller = .nobody, deadline: ContinuousClock.Instant, peer: Peer
  ) {
    self.id = id
    self.caller = caller
    self.deadline = deadline
    self.peer = peer
  }

  /// The time that is left, zero at least.
  public var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: deadline)) }
}

/// The programs that talk to each other. A connection proves which one it is by holding that peer's key.
public enum Peer: String, Codable, Sendable, CaseIterable, Hashable {
  case gateway
  case auth
  case oidc
  case admin
  /// The command line.
  case latchkey
}

/// Sends a message and returns the answer, wherever the service runs.
public protocol MessageSender: Sendable {
  /// Sends one message. Throws when something broke, with `mayHaveHappened` false only if nothing was done.
  func send<Message: ServiceRequest>(_ message: Message, _ call: Call) async throws(ServiceFailure) -> Message.Response
}
