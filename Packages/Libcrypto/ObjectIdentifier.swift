/// The name of an algorithm, an attribute or an extension (X.660), written as its numbers: `[2, 5, 29, 19]`.
package struct OID: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The content of its encoding in DER (X.690 §8.19).
  let content: [UInt8]

  init(content: [UInt8]) {
    self.content = content
  }

  /// - Parameter numbers: two at least, the first below 3.
  package init(arrayLiteral numbers: UInt32...) {
    let first = numbers.prefix(2).reduce(0) { $0 * 40 + UInt64($1) }
    content = ([first] + numbers.dropFirst(2).map(UInt64.init)).flatMap(Self.encode)
  }

  /// Seven bits to a byte; all but the last have the eighth set.
  private static func encode(_ number: UInt64) -> [UInt8] {
    var bytes = [UInt8(number & 0x7f)]
    var rest = number >> 7
    while rest > 0 {
      bytes.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
      rest >>= 7
    }
    return bytes
  }
}
