/// Reads elements in DER one after the other: definite lengths in as few bytes as possible (X.690 §10.1), and
/// identifiers of one byte, since nothing that is read here has longer ones.
struct DERReader {
  struct Element {
    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// Identifier, length and content.
    let encoded: ArraySlice<UInt8>
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next element, or nil at the end and for bytes that are not one.
  mutating func next() -> Element? {
    var reading = rest
    guard let tag = reading.popFirst(), tag & 0x1f != 0x1f, let first = reading.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      // Three bytes are 16 MiB, more than any caller takes.
      let bytes = reading.prefix(Int(first & 0x7f))
      guard (1...3).contains(Int(first & 0x7f)), bytes.count == Int(first & 0x7f), bytes.first != 0 else { return nil }
      length = bytes.reduce(0) { $0 << 8 | Int($1) }
      guard length >= 0x80 else { return nil }
      reading.removeFirst(bytes.count)
    }
    guard length <= reading.count else { return nil }
    let content = reading.prefix(length)
    let element = Element(tag: tag, content: content, encoded: rest[rest.startIndex..<content.endIndex])
    rest = rest[content.endIndex...]
    return element
  }

  /// The content of the next element if it has this tag; otherwise nothing is read.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    return next()?.content
  }

  /// The members of a sequence that is the whole input.
  func sequence() -> DERReader? {
    var outer = self
    guard let content = outer.next(DER.Tag.sequence), outer.isAtEnd else { return nil }
    return DERReader(content)
  }
}
