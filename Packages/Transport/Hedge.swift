/// Request hedging: how a call that waits too long for one instance is sent to another one as well.
struct Hedge: Sendable {
  /// When the hedge is due.
  var due: ContinuousClock.Instant
  /// Begins it; the first argument takes its outcome. Nil if no other instance is available at the moment.
  let begin: @Sendable (_ deliver: @escaping @Sendable (CallOutcome) -> Void) -> Task<Void, Never>?

  /// How soon to try again when no other instance was available.
  static let pause = Duration.milliseconds(50)
}
