/// A Swift type that can be a statement's parameter and a column of its answer, in PostgreSQL's binary format.
///
/// Enums and identifier wrappers conform in one line: `extension Scope: PostgresValue {}` is enough for a
/// `RawRepresentable` whose raw value conforms.
public protocol PostgresValue: Sendable {
  /// The type that a parameter is declared with; SQL that needs another writes a cast: `$1::inet`.
  static var postgresType: PostgresType { get }

  /// Writes the parameter's bytes. Throws for values that PostgreSQL cannot hold: a NUL in a string, an infinite date.
  func encode(to writer: inout ValueWriter) throws(ValueProblem)

  /// Reads a column that is not NULL. The cell is valid during the call only.
  static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Self

  /// What SQL's NULL becomes: an error for everything but `Optional`.
  static func decodeNull() throws(ValueProblem) -> Self
}

extension PostgresValue {
  public static func decodeNull() throws(ValueProblem) -> Self {
    throw ValueProblem("is NULL")
  }
}

/// Why a value could not be written or read. The text never contains the value.
public struct ValueProblem: Error, Sendable, Equatable, CustomStringConvertible {
  public let explanation: String

  public init(_ explanation: String) { self.explanation = explanation }

  public var description: String { explanation }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
  public static var postgresType: PostgresType { Wrapped.postgresType }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    guard let self else { return writer.writeNull() }
    try self.encode(to: &writer)
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Wrapped? { try Wrapped.decode(cell) }

  public static func decodeNull() throws(ValueProblem) -> Wrapped? { nil }
}

extension PostgresValue where Self: RawRepresentable, RawValue: PostgresValue {
  public static var postgresType: PostgresType { RawValue.postgresType }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { try rawValue.encode(to: &writer) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Self {
    guard let value = Self(rawValue: try RawValue.decode(cell)) else {
      throw ValueProblem("holds a value that \(Self.self) does not know")
    }
    return value
  }
}
