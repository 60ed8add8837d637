public import Foundation
import Synchronization

/// Where a rule takes the date from. Decisions that several processes must agree on use Postgres's clock instead; this one is
/// for what one process decides by itself (the expiry inside sealed state, log time stamps).
public protocol WallClock: Sendable {
  /// The date now, to the microsecond at best.
  func now() -> Date
}

/// The machine's clock.
public struct SystemClock: WallClock {
  public init() {}

  public func now() -> Date { Date() }
}

/// A clock that stands still until a test moves it.
public final class FixedClock: WallClock {
  private let date: Mutex<Date>

  /// - Parameter date: what `now()` answers until the clock is moved. Defaults to 2026-01-01T00:00:00Z.
  public init(_ date: Date = Date(timeIntervalSince1970: 1_767_225_600)) {
    self.date = Mutex(date)
  }

  public func now() -> Date { date.withLock { $0 } }

  /// Moves the clock; a negative number of seconds moves it back.
  public func advance(bySeconds seconds: TimeInterval) {
    date.withLock { $0 = $0.addingTimeInterval(seconds) }
  }
}
