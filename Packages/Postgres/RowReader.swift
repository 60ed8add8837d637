/// Reads one row's columns from left to right.
public struct RowReader {
  private let answer: Answer
  private let row: Int
  private(set) var column = 0

  init(_ answer: Answer, row: Int) {
    self.answer = answer
    self.row = row
  }

  /// The next column. Throws if it is NULL (unless the type is optional), of another type, or missing.
  public mutating func next<Value: PostgresValue>(_: Value.Type = Value.self) throws(RowError) -> Value {
    let index = column
    guard index < answer.columnCount else {
      throw RowError(column: "\(index + 1)", wanted: "\(Value.self)", explanation: "does not exist")
    }
    column += 1
    do throws(ValueProblem) {
      return try answer.value(row: row, column: index)
    } catch {
      throw RowError(column: answer.columnName(index), wanted: "\(Value.self)", explanation: error.explanation)
    }
  }

  /// Passes over one column.
  public mutating func skip() { column += 1 }

  mutating func skipRest() { column = answer.columnCount }

  /// An unread column means that the statement and its decoder drifted apart.
  func checkEverythingWasRead() throws(RowError) {
    guard column >= answer.columnCount else {
      throw RowError(column: answer.columnName(column), wanted: "nothing", explanation: "was not read")
    }
  }
}

/// Why a row could not be read: the column, the Swift type that was wanted, and what is wrong. Never the value.
public struct RowError: Error, Sendable, Equatable, CustomStringConvertible {
  public let column: String
  public let wanted: String
  public let explanation: String

  public init(column: String, wanted: String, explanation: String) {
    self.column = column
    self.wanted = wanted
    self.explanation = explanation
  }

  public var description: String { "column \(column) (wanted: \(wanted)) \(explanation)" }
}
