/// Cuts a stream of bytes into lines, and lines that are too long into pieces.
package struct LineSplitter {
  package static let longest = 64 << 10

  private var rest: [UInt8] = []

  package init() {}

  /// The lines that these bytes complete, without their ends. Bytes that are not UTF-8 become replacement characters.
  package mutating func append(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    var more = bytes[...]
    while let next = more.first {
      if next == UInt8(ascii: "\n") || rest.count == Self.longest {
        lines.append(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
        if next == UInt8(ascii: "\n") { more.removeFirst() }
        continue
      }
      let fitting = more.prefix(Self.longest - rest.count)
      let end = fitting.firstIndex(of: UInt8(ascii: "\n")) ?? fitting.endIndex
      rest += more[..<end]
      more = more[end...]
    }
    return lines
  }

  /// The text after the last line end.
  package mutating func finish() -> String? {
    defer { rest = [] }
    return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }
}
