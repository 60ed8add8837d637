/// Why the database did not answer, and whether the statement may have taken effect anyway.
///
/// `message` is for logs: it names statements, states and constraints, never values or passwords.
public struct DatabaseFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// No connection was available, or the one in use died.
    case unavailable
    /// The statement exceeded its time limit, at the server or for the caller.
    case timedOut
    /// The queue of waiting callers is full, or this one waited for its turn as long as it may.
    case poolExhausted
    /// A constraint refused the rows (SQLSTATE class 23). For NOT NULL, which has no name, the column's name.
    case constraint(name: String)
    /// The calling task was cancelled.
    case cancelled
    /// Any other error of the server, with its SQLSTATE.
    case sql(state: String)
    /// A column could not be read as the type that the statement's row expects.
    case decoding
    /// PostgreSQL cannot hold a parameter: a NUL in a string, an infinite date. Nothing was sent.
    case encoding
  }

  public enum Outcome: Sendable, Equatable {
    /// Nothing has changed in the database: retrying is safe.
    case notDone
    /// The statement may have been carried out: only a repeatable one may be retried.
    case unknown
  }

  public let kind: Kind
  public let outcome: Outcome
  public let message: String

  public init(kind: Kind, outcome: Outcome, message: String) {
    self.kind = kind
    self.outcome = outcome
    self.message = message
  }

  init(_ kind: Kind, _ outcome: Outcome, _ message: String) {
    self.init(kind: kind, outcome: outcome, message: message)
  }

  public var description: String { "\(kind), \(outcome): \(message)" }

  /// The server refused because a privilege is missing.
  public var isForbidden: Bool { kind == .sql(state: "42501") }
}
