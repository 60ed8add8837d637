public import Foundation

extension Bool: PostgresValue {
  public static var postgresType: PostgresType { .bool }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(UInt8(self ? 1 : 0)) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Bool {
    guard cell.type == .bool else { throw cell.mismatch("Bool") }
    return try cell.integer(UInt8.self) != 0
  }
}

extension Int: PostgresValue {
  public static var postgresType: PostgresType { .int8 }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(Int64(self)) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Int {
    Int(try cell.anyInteger(orRefuse: "Int"))
  }
}

extension Int64: PostgresValue {
  public static var postgresType: PostgresType { .int8 }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(self) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Int64 {
    try cell.anyInteger(orRefuse: "Int64")
  }
}

extension Int32: PostgresValue {
  public static var postgresType: PostgresType { .int4 }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(self) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Int32 {
    // Never a narrowing read: an int8 column that fits today overflows some day.
    guard cell.type != .int8 else { throw cell.mismatch("Int32") }
    return Int32(try cell.anyInteger(orRefuse: "Int32"))
  }
}

extension Double: PostgresValue {
  public static var postgresType: PostgresType { .float8 }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(bitPattern) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Double {
    switch cell.type {
    case .float8: Double(bitPattern: try cell.integer(UInt64.self))
    case .float4: Double(Float(bitPattern: try cell.integer(UInt32.self)))
    default: throw cell.mismatch("Double")
    }
  }
}

extension String: PostgresValue {
  public static var postgresType: PostgresType { .text }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    // PostgreSQL's text cannot hold U+0000, and cutting the string there would change its meaning.
    guard !utf8.contains(0) else { throw ValueProblem("contains a NUL character, which text cannot hold") }
    writer.write(contentsOf: utf8)
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> String {
    switch cell.type {
    case .text, .varchar, .bpchar, .name, .char, .json: break
    case .jsonb: throw ValueProblem("is jsonb, which is read as JSONText")
    default: guard cell.type.oid >= PostgresType.firstUserDefined else { throw cell.mismatch("String") }
    }
    return try cell.text()
  }
}

extension UUID: PostgresValue {
  public static var postgresType: PostgresType { .uuid }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    withUnsafeBytes(of: uuid) { writer.write(contentsOf: $0) }
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> UUID {
    guard cell.type == .uuid else { throw cell.mismatch("UUID") }
    guard cell.raw.count == 16 else { throw ValueProblem("has \(cell.raw.count) bytes instead of 16") }
    return UUID(uuid: cell.raw.loadUnaligned(as: uuid_t.self))
  }
}

extension Data: PostgresValue {
  public static var postgresType: PostgresType { .bytea }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) { writer.write(contentsOf: self) }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> Data {
    guard cell.type == .bytea else { throw cell.mismatch("Data") }
    return Data(cell.raw)
  }
}
