/// The parameters of one statement, in the order of its `$1`, `$2`, …
///
/// All values lie in one buffer: a statement with five parameters costs one allocation, not five.
public struct Bindings: Sendable {
  /// The bytes of one parameter in the buffer; nil is NULL.
  private(set) var ranges: [Range<Int>?] = []
  private(set) var types: [UInt32] = []
  private(set) var problem: String?
  private var writer = ValueWriter()

  /// The values of `$1`, `$2`, … in this order.
  public init<each Value: PostgresValue>(_ value: repeat each Value) { repeat append(each value) }

  /// The values that `fill` adds.
  public init(_ fill: (inout Bindings) -> Void) { fill(&self) }

  public var count: Int { ranges.count }

  public mutating func add<each Value: PostgresValue>(_ value: repeat each Value) { repeat append(each value) }

  /// Remembers the first value that PostgreSQL cannot hold; the statement is then refused before it is sent.
  private mutating func append<Value: PostgresValue>(_ value: Value) {
    let start = writer.bytes.count
    writer.begin()
    do throws(ValueProblem) {
      try value.encode(to: &writer)
    } catch {
      if problem == nil { problem = "parameter $\(count + 1) \(error.explanation)" }
    }
    ranges.append(writer.isNull ? nil : start..<writer.bytes.count)
    types.append(Value.postgresType.oid)
  }

  /// Calls `body` with the arguments of libpq's sending functions: pointers, lengths, formats (all binary).
  func withPointers<R>(
    _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> R
  ) -> R {
    // An empty value needs a pointer that is not nil, or libpq would send NULL: hence the extra byte.
    (writer.bytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        let start = characters.baseAddress
        let values = ranges.map { range in range.flatMap { range in start.map { $0 + range.lowerBound } } }
        let lengths = ranges.map { Int32(clamping: $0?.count ?? 0) }
        return body(values.map { UnsafePointer($0) }, lengths, [Int32](repeating: 1, count: ranges.count))
      }
    }
  }
}
