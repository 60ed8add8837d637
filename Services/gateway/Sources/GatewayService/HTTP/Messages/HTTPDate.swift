package import Foundation
import Synchronization

/// Dates as HTTP writes them (RFC 9110 §5.6.7).
package enum HTTPDate {
  private struct Second {
    var time = Int.min
    var text = ""
  }

  private static let current = Mutex(Second())

  /// The current time, which every answer carries (RFC 9110 §6.6.1): formatted once a second.
  static var now: String {
    let time = Int(Date.now.timeIntervalSince1970)
    return current.withLock { second in
      if second.time != time {
        second = Second(time: time, text: text(Date(timeIntervalSince1970: Double(time))))
      }
      return second.text
    }
  }

  /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  package static func text(_ date: Date) -> String {
    date.formatted(
      Date.VerbatimFormatStyle(
        format: """
          \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
          \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
          """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
  }
}
