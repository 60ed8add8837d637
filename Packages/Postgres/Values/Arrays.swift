public import Foundation

/// A type that a bound or read Swift array may contain. Arrays have one dimension and no NULLs, except that `[UInt8]`
/// is `bytea`.
public protocol PostgresArrayElement: Sendable {
  static var arrayType: PostgresType { get }
  static func encodeArray(_ array: [Self], to writer: inout ValueWriter) throws(ValueProblem)
  static func decodeArray(_ cell: PostgresCell) throws(ValueProblem) -> [Self]
}

extension Array: PostgresValue where Element: PostgresArrayElement {
  public static var postgresType: PostgresType { Element.arrayType }

  public func encode(to writer: inout ValueWriter) throws(ValueProblem) {
    try Element.encodeArray(self, to: &writer)
  }

  public static func decode(_ cell: PostgresCell) throws(ValueProblem) -> [Element] { try Element.decodeArray(cell) }
}

extension UInt8: PostgresArrayElement {
  public static var arrayType: PostgresType { .bytea }

  public static func encodeArray(_ array: [UInt8], to writer: inout ValueWriter) throws(ValueProblem) {
    writer.write(contentsOf: array)
  }

  public static func decodeArray(_ cell: PostgresCell) throws(ValueProblem) -> [UInt8] {
    guard cell.type == .bytea else { throw cell.mismatch("[UInt8]") }
    return Array(cell.raw)
  }
}

/// Several `bytea`.
extension Array: PostgresArrayElement where Element == UInt8 {
  public static var arrayType: PostgresType { .byteaArray }
}

extension Bool: PostgresArrayElement { public static var arrayType: PostgresType { .boolArray } }
extension Int: PostgresArrayElement { public static var arrayType: PostgresType { .int8Array } }
extension Int32: PostgresArrayElement { public static var arrayType: PostgresType { .int4Array } }
extension String: PostgresArrayElement { public static var arrayType: PostgresType { .textArray } }
extension UUID: PostgresArrayElement { public static var arrayType: PostgresType { .uuidArray } }
extension Date: PostgresArrayElement { public static var arrayType: PostgresType { .timestamptzArray } }

extension PostgresArrayElement where Self: PostgresValue {
  // The binary form of an array: dimensions, "has NULLs", element type; length and lower bound of each dimension; then
  // each element with its length (-1 for NULL). An empty array has no dimension at all.

  public static func encodeArray(_ array: [Self], to writer: inout ValueWriter) throws(ValueProblem) {
    guard let count = Int32(exactly: array.count) else { throw ValueProblem("is too large") }
    writer.write(Int32(array.isEmpty ? 0 : 1))
    writer.write(Int32(0))
    writer.write(postgresType.oid)
    guard count > 0 else { return }
    writer.write(count)
    writer.write(Int32(1))
    for element in array {
      try writer.writeCounted { writer throws(ValueProblem) in try element.encode(to: &writer) }
    }
  }

  public static func decodeArray(_ cell: PostgresCell) throws(ValueProblem) -> [Self] {
    guard cell.type.isArray else { throw cell.mismatch("[\(Self.self)]") }
    var rest = cell.raw[...]
    let dimensions: Int32 = try take(&rest)
    _ = try take(&rest) as Int32
    let elementType = PostgresType(oid: try take(&rest))
    guard dimensions == 0 || dimensions == 1 else { throw ValueProblem("is not a one-dimensional array") }
    guard dimensions == 1 else { return [] }
    let count: Int32 = try take(&rest)
    _ = try take(&rest) as Int32
    // An element takes at least its four bytes of length: a larger count is a lie, not a reason to reserve memory.
    guard count >= 0, Int(count) <= rest.count / 4 else { throw ValueProblem("is a damaged array") }
    var array: [Self] = []
    array.reserveCapacity(Int(count))
    for _ in 0..<count {
      let length: Int32 = try take(&rest)
      guard length >= 0 else { throw ValueProblem("has a NULL inside its array") }
      guard rest.count >= Int(length) else { throw ValueProblem("is a damaged array") }
      let element = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
      array.append(try decode(PostgresCell(type: elementType, raw: element)))
      rest = rest.dropFirst(Int(length))
    }
    return array
  }

  private static func take<Integer: FixedWidthInteger>(
    _ rest: inout Slice<UnsafeRawBufferPointer>
  ) throws(ValueProblem) -> Integer {
    let size = MemoryLayout<Integer>.size
    guard rest.count >= size else { throw ValueProblem("is a damaged array") }
    defer { rest = rest.dropFirst(size) }
    return Integer(bigEndian: UnsafeRawBufferPointer(rebasing: rest.prefix(size)).loadUnaligned(as: Integer.self))
  }
}
