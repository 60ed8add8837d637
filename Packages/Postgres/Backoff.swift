/// Pauses between connection attempts: doubling, bounded and jittered, so that many clients of a restarted server do
/// not reconnect in step.
package struct Backoff: Sendable {
  package private(set) var failures = 0

  /// The pause after one more failure: 50 ms, 100 ms, … 2 s, each reduced by up to half.
  /// - Parameter chance: 0 to 1.
  package mutating func next(chance: Double = .random(in: 0...1)) -> Duration {
    let full = min(50 << min(failures, 10), 2000)
    failures += 1
    return .milliseconds(Int(Double(full) * (1 - chance / 2)))
  }

  package mutating func reset() { failures = 0 }

  package init() {}
}
