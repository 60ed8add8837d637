/// One column of one row as the server sent it: binary, not NULL. It borrows the answer's memory and is valid only
/// during the call of `decode` that receives it.
public struct PostgresCell {
  public let type: PostgresType
  let raw: UnsafeRawBufferPointer

  init(type: PostgresType, raw: UnsafeRawBufferPointer) {
    self.type = type
    self.raw = raw
  }

  /// A copy of the bytes.
  public var bytes: [UInt8] { Array(raw) }

  /// The bytes as one integer in network order; refuses any other length.
  func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(ValueProblem) -> Integer {
    guard raw.count == MemoryLayout<Integer>.size else {
      throw ValueProblem("has \(raw.count) bytes instead of \(MemoryLayout<Integer>.size)")
    }
    return Integer(bigEndian: raw.loadUnaligned(as: Integer.self))
  }

  /// A whole number of two, four or eight bytes.
  func anyInteger(orRefuse wanted: String) throws(ValueProblem) -> Int64 {
    switch type {
    case .int8: try integer(Int64.self)
    case .int4: Int64(try integer(Int32.self))
    case .int2: Int64(try integer(Int16.self))
    default: throw mismatch(wanted)
    }
  }

  func mismatch(_ wanted: String) -> ValueProblem { ValueProblem("is \(type), which is not read as \(wanted)") }

  /// Text bytes as a string; refuses invalid UTF-8.
  func text(droppingFirst dropped: Int = 0) throws(ValueProblem) -> String {
    guard let text = String(validating: raw.dropFirst(dropped), as: UTF8.self) else {
      throw ValueProblem("is not UTF-8")
    }
    return text
  }
}
