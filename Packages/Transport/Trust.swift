/// Whether a connection's other end can be believed to answer.
///
/// A stopped process and a lost host close nothing: they are told from a slow answer by a ping, which the other end's
/// event loop answers whatever its handlers do. A state machine without input or output: time is handed in, and what is
/// to be done is handed back.
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

  /// - Parameter doubt: how long silence is nothing special, and how long a ping may go unanswered.
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

  /// To be called every few milliseconds while calls wait.
  ///
  /// - Parameter oldestCall: since when the call that waits longest has waited; nil if none does.
  package mutating func check(oldestCall: ContinuousClock.Instant?, now: ContinuousClock.Instant) -> Step {
    if isSuspect { return .nothing }
    if let askedAt {
      guard askedAt.duration(to: now) >= doubt else { return .nothing }
      isSuspect = true
      return .suspect
    }
    // Without a call that waits, silence is what is due.
    guard let oldestCall, max(lastHeard, oldestCall).duration(to: now) >= doubt else { return .nothing }
    askedAt = now
    return .ask
  }
}
