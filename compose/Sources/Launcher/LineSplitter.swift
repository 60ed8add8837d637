/// Cuts a stream of bytes into lines, and lines that are too long into pieces.
package struct LineSplitter {
  package static let longest = 64 << 10

  private var rest: [UInt8] = []

  package init() {}

  /// The lines that these bytes complete, without their ends. Bytes that are not UTF-8 become replacement characters.
  package mutating func append(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || rest.count == Self.longest {
        lines.append(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
        if byte == UInt8(ascii: "\n") { continue }
      }
      rest.append(byte)
    }
    return lines
  }

  /// What came after the last line end.
  package mutating func finish() -> String? {
    defer { rest = [] }
    return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }
}
