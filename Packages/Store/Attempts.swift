public import Postgres

/// Attempts at secrets short enough to guess, counted across all instances, in windows of time.
public enum Attempts {
  /// Counts one more, and returns how many that makes in this window and how long the window still lasts.
  public struct Count: Statement {
    public struct Row: Sendable {
      public let count: Int
      public let secondsLeft: Int
    }

    public static let sql = """
      WITH w AS (SELECT to_timestamp(floor(extract(epoch FROM now()) / $2) * $2) AS since)
      INSERT INTO attempts (subject, since, count) SELECT $1, w.since, 1 FROM w
      ON CONFLICT (subject, since) DO UPDATE SET count = attempts.count + 1
      RETURNING count, ceil(extract(epoch FROM since) + $2 - extract(epoch FROM now()))::int
      """

    public let bindings: Bindings

    public init(_ subject: String, windowSeconds: Double) { bindings = Bindings(subject, windowSeconds) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(count: Int(try row.next(Int32.self)), secondsLeft: Int(try row.next(Int32.self)))
    }
  }

  /// Takes one back: it was the user, not an attempt.
  public struct Forgive: Statement {
    public static let sql = """
      UPDATE attempts SET count = greatest(count - 1, 0)
      WHERE subject = $1 AND since = to_timestamp(floor(extract(epoch FROM now()) / $2) * $2)
      """

    public let bindings: Bindings

    public init(_ subject: String, windowSeconds: Double) { bindings = Bindings(subject, windowSeconds) }
  }
}
