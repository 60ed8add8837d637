/// Request hedging: how a call that waits too long for one instance is sent to another one as well.
struct Hedge: Sendable {
  /// From when on.
  var due: ContinuousClock.Instant
  /// Begins it; the first argument takes its outcome. Nil if no other instance is to be had at the moment.
  let begin: @Sendable (_ deliver: @escaping @Sendable (CallOutcome) -> Void) -> Task<Void, Never>?

  /// How soon it is tried again when no other instance was to be had.
  static let pause = Duration.milliseconds(50)
}
