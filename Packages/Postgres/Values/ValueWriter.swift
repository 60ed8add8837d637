/// Where a value writes its bytes, in network order.
public struct ValueWriter: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var isNull = false

  mutating func begin() { isNull = false }

  /// The value is SQL's NULL.
  public mutating func writeNull() { isNull = true }

  public mutating func write(_ integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func write(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// Writes a length of four bytes and then what `body` writes, as for an array's elements.
  mutating func writeCounted(_ body: (inout ValueWriter) throws(ValueProblem) -> Void) throws(ValueProblem) {
    let start = bytes.count
    write(Int32(0))
    try body(&self)
    guard let length = Int32(exactly: bytes.count - start - 4) else { throw ValueProblem("is too large") }
    withUnsafeBytes(of: length.bigEndian) { length in
      for offset in 0..<4 { bytes[start + offset] = length[offset] }
    }
  }
}
