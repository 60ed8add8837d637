/// How long to wait before restarting a service that ended: twice as long each time, until it has run for a while.
public struct Backoff: Sendable, Equatable {
  public let first: Duration
  public let longest: Duration
  /// After a run this long, the backoff starts over.
  public let forgivenAfter: Duration
  private var next: Duration

  public init(
    first: Duration = .milliseconds(100), longest: Duration = .seconds(10), forgivenAfter: Duration = .seconds(30)
  ) {
    self.first = first
    self.longest = longest
    self.forgivenAfter = forgivenAfter
    next = first
  }

  /// The pause after a run of this length.
  public mutating func pause(afterRunning run: Duration) -> Duration {
    if run >= forgivenAfter { next = first }
    defer { next = min(next * 2, longest) }
    return next
  }
}
