/// A form with files (RFC 7578), read as it arrives, and strictly: what is unclear is refused rather than guessed at.
///
/// What is buffered is a part's head, or as much of its content as a boundary could begin in: some 4 KiB.
package struct MultipartReader {
  /// Why the form cannot be read, as a public sentence.
  package struct Malformed: Error {
    package let sentence: String
  }

  package enum Event: Sendable, Equatable {
    /// A part begins; its content follows.
    case part(name: String)
    /// More of its content.
    case content([UInt8])
  }

  private enum State {
    /// Before the first boundary.
    case start
    /// Right behind a boundary: a part follows, or the end.
    case boundary
    case head
    case content
    /// After the last boundary, where nothing is meant for us.
    case end
  }

  /// What a part ends with; the form itself begins with it, less the line's end.
  private let delimiter: [UInt8]
  private var state = State.start
  private var pending: [UInt8] = []
  private var parts = 0

  /// - Parameter boundary: from the content type, without the leading hyphens.
  package init(boundary: String) { delimiter = Self.newline + Array("--\(boundary)".utf8) }

  /// Reads on, however the form was split on its way.
  package mutating func read(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [Event] {
    if case .end = state { return [] }
    pending += bytes
    var events: [Event] = []
    while let event = try step() {
      if let event = event { events.append(event) }
    }
    return events
  }

  /// Signals the end of the input.
  package func finish() throws(Malformed) {
    switch state {
    case .end: break
    case .start: throw Malformed(sentence: "The form does not begin with its boundary.")
    case .boundary, .head, .content: throw Malformed(sentence: "The form does not end with its boundary.")
    }
  }

  /// One step further: nil if more bytes are needed, and an event, if it yields one.
  private mutating func step() throws(Malformed) -> Event?? {
    switch state {
    case .start:
      let first = delimiter.dropFirst(Self.newline.count)
      guard pending.prefix(first.count).elementsEqual(first.prefix(pending.count)) else {
        throw Malformed(sentence: "The form does not begin with its boundary.")
      }
      guard pending.count >= first.count else { return nil }
      pending.removeFirst(first.count)
      state = .boundary
    case .boundary:
      guard pending.count >= 2 else { return nil }
      if pending.starts(with: Array("--".utf8)) {
        pending = []
        state = .end
        return nil
      }
      guard pending.starts(with: Self.newline) else {
        throw Malformed(sentence: "The form's boundary is followed by text.")
      }
      guard parts < Limits.formParts else { throw Malformed(sentence: "The form has too many parts.") }
      pending.removeFirst(2)
      parts += 1
      state = .head
    case .head:
      guard let (name, count) = try Self.head(pending) else { return nil }
      pending.removeFirst(count)
      state = .content
      return .some(.part(name: name))
    case .content: return content()
    case .end: return nil
    }
    return .some(nil)
  }

  /// Everything up to the next boundary, or up to where one could begin.
  private mutating func content() -> Event?? {
    var position = 0
    while let at = pending[position...].firstIndex(of: 13), pending.count - at >= delimiter.count {
      if pending[at...].starts(with: delimiter) {
        let content = Array(pending[..<at])
        pending.removeFirst(at + delimiter.count)
        state = .boundary
        return content.isEmpty ? .some(nil) : .some(.content(content))
      }
      position = at + 1
    }
    let certain = pending[position...].firstIndex(of: 13) ?? pending.count
    guard certain > 0 else { return nil }
    let content = Array(pending[..<certain])
    pending.removeFirst(certain)
    return .some(.content(content))
  }

  private static let newline: [UInt8] = [13, 10]

  /// The part's name and the length of its head; nil before the head is whole.
  private static func head(_ bytes: [UInt8]) throws(Malformed) -> (name: String, count: Int)? {
    var position = 0
    var name: String?
    while let end = find(newline, in: bytes.prefix(Limits.formPartHead), from: position) {
      guard end > position else {
        guard let name else { throw Malformed(sentence: "A part of the form has no name.") }
        return (name, end + 2)
      }
      guard let line = String(validating: bytes[position..<end], as: UTF8.self) else {
        throw Malformed(sentence: "A part of the form has a head that is not UTF-8.")
      }
      let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard field.count == 2 else { throw Malformed(sentence: "A part of the form has a head that cannot be read.") }
      let value = field[1].drop { $0 == " " || $0 == "\t" }
      switch field[0].lowercased() {
      case "content-disposition":
        guard name == nil, let found = Self.name(value) else {
          throw Malformed(sentence: "A part of the form has no name.")
        }
        name = found
      case "content-transfer-encoding" where !["7bit", "8bit", "binary"].contains(value.lowercased()):
        throw Malformed(sentence: "A part of the form is encoded in a way that is not read here.")
      default: break
      }
      position = end + 2
    }
    guard bytes.count < Limits.formPartHead else {
      throw Malformed(sentence: "A part of the form has a head without end.")
    }
    return nil
  }

  /// The parameter `name` of `form-data; name="file"; filename="…"`.
  private static func name(_ value: Substring) -> String? {
    var rest = value
    let kind = rest.prefix { $0 != ";" }
    guard kind.filter({ $0 != " " }).lowercased() == "form-data" else { return nil }
    rest = rest.dropFirst(kind.count)
    var found: String?
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      let key = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(key.count)
      guard rest.first == "=" else { return nil }
      rest = rest.dropFirst()
      var text = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          // Browsers write %22 for a quotation mark; others escape it (RFC 7578 §4.2, RFC 2183).
          if character == "\\", let escaped = rest.first {
            text.append(escaped)
            rest = rest.dropFirst()
          } else {
            text.append(character)
          }
        }
        guard rest.first == "\"" else { return nil }
        rest = rest.dropFirst()
      } else {
        text = String(rest.prefix { $0 != ";" })
        rest = rest.dropFirst(text.count)
      }
      rest = rest.drop { $0 == " " || $0 == "\t" }
      if key.lowercased() == "name" {
        guard found == nil else { return nil }
        found = text
      }
    }
    return rest.isEmpty ? found : nil
  }

  /// Where a pattern that begins with a carriage return is found next.
  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var position = start
    while position < bytes.endIndex, let at = bytes[position...].firstIndex(of: 13) {
      if bytes[at...].starts(with: pattern) { return at }
      position = at + 1
    }
    return nil
  }

  /// `multipart/form-data; boundary=…`: the boundary, 1 to 70 characters (RFC 2046 §5.1.1).
  package static func boundary(_ contentType: String) -> String? {
    var parameters = contentType.split(separator: ";", omittingEmptySubsequences: false)
    guard parameters.removeFirst().filter({ $0 != " " }).lowercased() == "multipart/form-data" else { return nil }
    for parameter in parameters {
      let pair = parameter.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "boundary" else { continue }
      var value = pair[1][...]
      while value.last == " " { value = value.dropLast() }
      if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
      let allowed = value.utf8.allSatisfy { byte in
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || "'()+_,-./:=? ".utf8.contains(byte)
      }
      return allowed && (1...70).contains(value.utf8.count) && value.last != " " ? String(value) : nil
    }
    return nil
  }
}
