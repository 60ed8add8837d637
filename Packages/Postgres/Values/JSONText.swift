/// The text of a JSON document, for `jsonb` columns. The server checks its grammar; nothing is parsed here.
public struct JSONText: PostgresValue, Hashable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }

  public var description: String { text }

  public static var postgresType: PostgresType { .jsonb }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    guard !text.utf8.contains(0) else { throw ValueProblem("contains a NUL character, which jsonb cannot hold") }
    writer.write(UInt8(1))  // the only version of jsonb's binary format
    writer.write(contentsOf: text.utf8)
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> JSONText {
    switch cell.type {
    case .json: return JSONText(try cell.text())
    case .jsonb:
      guard cell.raw.first == 1 else { throw ValueProblem("is jsonb of an unknown binary version") }
      return JSONText(try cell.text(droppingFirst: 1))
    default: throw cell.mismatch("JSONText")
    }
  }
}
