public import Foundation

/// Dates are `timestamptz`: microseconds since 2000-01-01 UTC. A bound date is rounded to the nearest microsecond.
/// `infinity` is refused in both directions, and so are dates outside 4714-11-24 BC … 294276-12-31 AD.
extension Date: PostgresValue {
  public static var postgresType: PostgresType { .timestamptz }

  /// From 2000-01-01 to Foundation's reference date, 2001-01-01: a leap year.
  private static let secondsBetweenEpochs = 366.0 * 86_400

  /// PostgreSQL's MIN_TIMESTAMP and END_TIMESTAMP, in microseconds.
  private static let representable = -211_813_488_000_000_000.0..<9_223_371_331_200_000_000.0

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    let microseconds = ((timeIntervalSinceReferenceDate + Self.secondsBetweenEpochs) * 1e6).rounded()
    guard microseconds.isFinite else { throw ValueProblem("is an infinite date") }
    guard Self.representable.contains(microseconds) else { throw ValueProblem("is a date outside timestamptz's range") }
    writer.write(Int64(microseconds))
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Date {
    guard cell.type == .timestamptz else { throw cell.mismatch("Date") }
    let microseconds = try cell.integer(Int64.self)
    guard microseconds != .max, microseconds != .min else { throw ValueProblem("is infinity, which is not a date") }
    return Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1e6 - secondsBetweenEpochs)
  }
}
