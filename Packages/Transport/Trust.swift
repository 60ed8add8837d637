/// Whether a connection's other end can be trusted to answer.
///
/// A stopped process and a lost host close nothing: a ping tells them from a slow answer, since the other end's event
/// loop answers it whatever its handlers do. A state machine without I/O: the caller passes the time in and performs
/// the actions that it returns.
package struct Trust {
  package enum Step: Equatable {
    case nothing
    /// Send a ping.
    case ask
    /// It has just become suspect.
    case suspect
  }

  private let doubt: Duration
  /// When anything was last received.
  package private(set) var lastHeard: ContinuousClock.Instant
  private var askedAt: ContinuousClock.Instant?
  package private(set) var isSuspect = false

  /// - Parameter doubt: how long silence is normal, and how long a ping may go unanswered.
  package init(doubt: Duration, now: ContinuousClock.Instant) {
    self.doubt = doubt
    lastHeard = now
  }

  /// Anything was received. Returns whether that ended a suspicion.
  package mutating func heard(now: ContinuousClock.Instant) -> Bool {
    defer { isSuspect = false }
    lastHeard = now
    askedAt = nil
    return isSuspect
  }

  /// The client calls this every few milliseconds while calls wait.
  ///
  /// - Parameter oldestCall: since when the oldest waiting call has waited; nil if none waits.
  package mutating func check(oldestCall: ContinuousClock.Instant?, now: ContinuousClock.Instant) -> Step {
    if isSuspect { return .nothing }
    if let askedAt {
      guard askedAt.duration(to: now) >= doubt else { return .nothing }
      isSuspect = true
      return .suspect
    }
    // If no call waits, silence is expected.
    guard let oldestCall, max(lastHeard, oldestCall).duration(to: now) >= doubt else { return .nothing }
    askedAt = now
    return .ask
  }
}
