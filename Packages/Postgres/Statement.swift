/// One SQL statement as a type: its text, its parameters, the row that it returns.
///
/// The text is prepared once per connection under the type's identity, so it must be the same every time: anything that
/// varies is bound. Name every column: a `SELECT *` changes its meaning with the next migration.
public protocol Statement: Sendable {
  associatedtype Row: Sendable = Void

  /// One statement, with `$1`, `$2`, … for its parameters.
  static var sql: String { get }

  /// Its parameters, in the order of `$1`, `$2`, …; none unless it says otherwise.
  var bindings: Bindings { get }

  /// Reads the columns from left to right, all of them.
  static func decode(_ row: inout RowReader) throws(RowError) -> Row
}

extension Statement {
  public var bindings: Bindings { Bindings() }
}

extension Statement where Row == Void {
  /// A statement without a row ignores any columns that it returns.
  public static func decode(_ row: inout RowReader) throws(RowError) { row.skipRest() }
}

/// How durable a write must be before it is answered.
public enum Durability: Sendable {
  /// On disk (`synchronous_commit` as the server has it, normally on).
  case durable
  /// May be lost, whole, if the server crashes within about half a second: last-seen times, attempt counters.
  case asynchronous
}

/// The result of a writing statement.
public struct Written<Row: Sendable>: Sendable {
  /// The rows of its RETURNING clause.
  public let rows: [Row]
  /// How many rows it inserted, updated or deleted (with data-modifying WITH: its main statement alone).
  public let count: Int
}
