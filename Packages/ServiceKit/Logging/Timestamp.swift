import Foundation

/// A log record's time: RFC 3339, UTC, milliseconds.
///
/// Formatted by hand, since every request writes a record: Foundation's ISO 8601 style took a fifth of a record's time.
enum Timestamp {
  static func text(_ date: Date) -> String {
    let milliseconds = Int((date.timeIntervalSince1970 * 1_000).rounded(.down))
    let (days, rest) = floored(milliseconds, 86_400_000)
    let (year, month, day) = civil(days: days)
    return String(unsafeUninitializedCapacity: 24) { buffer in
      var position = 0
      func write(_ value: Int, digits: Int, then separator: Unicode.Scalar) {
        var value = value
        for index in stride(from: position + digits - 1, through: position, by: -1) {
          buffer[index] = UInt8(ascii: "0") + UInt8(value % 10)
          value /= 10
        }
        buffer[position + digits] = UInt8(ascii: separator)
        position += digits + 1
      }
      write(year, digits: 4, then: "-")
      write(month, digits: 2, then: "-")
      write(day, digits: 2, then: "T")
      write(rest / 3_600_000, digits: 2, then: ":")
      write(rest / 60_000 % 60, digits: 2, then: ":")
      write(rest / 1_000 % 60, digits: 2, then: ".")
      write(rest % 1_000, digits: 3, then: "Z")
      return position
    }
  }

  /// The day of the Gregorian calendar that is so many days after 1970-01-01, in years from 0 to 9999. Years are
  /// counted from March on, so that the leap day is a year's last.
  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 is the number of days in the 400 years after which
    // the calendar repeats itself.
    let (era, dayOfEra) = floored(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floored(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let quotient = value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    return (quotient, value - quotient * divisor)
  }
}
