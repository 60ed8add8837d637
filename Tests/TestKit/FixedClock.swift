package import Foundation
import ServiceKit
import Synchronization

/// A clock that stands still until a test moves it.
package final class FixedClock: WallClock {
  private let date: Mutex<Date>

  /// - Parameter date: what `now()` answers until the clock is moved. Defaults to 2026-01-01T00:00:00Z.
  package init(_ date: Date = Date(timeIntervalSince1970: 1_767_225_600)) {
    self.date = Mutex(date)
  }

  package func now() -> Date { date.withLock { $0 } }

  /// Moves the clock; a negative number of seconds moves it back.
  package func advance(bySeconds seconds: TimeInterval) {
    date.withLock { $0 = $0.addingTimeInterval(seconds) }
  }
}
