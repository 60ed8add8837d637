package import LatchkeyProtocol

/// Reads JSON (RFC 8259) strictly: one value and nothing after it, no name twice, bounded depth. A problem says where.
package struct JSONReader {
  package struct Problem: Error, Equatable, Sendable {
    /// Such as `callbackURLs[1]`; empty at the top.
    package let field: String
    package let line: Int
    package let column: Int
    package let expectation: String

    package var sentence: String {
      "The JSON is not well-formed at line \(line), column \(column)"
        + (field.isEmpty ? "" : ", in \(field)") + ": \(expectation)."
    }
  }

  /// Deeper than anything that has a meaning here; reading is recursive, so that there must be a bound.
  package static let maximumDepth = 32

  private let bytes: [UInt8]
  private var position = 0
  private var path: [String] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  package static func read(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
    var reader = JSONReader(bytes)
    if String(validating: bytes, as: UTF8.self) == nil { throw reader.problem("the text is not UTF-8") }
    let value = try reader.value()
    reader.skipBlanks()
    if reader.position < bytes.count { throw reader.problem("something follows the value") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func value() throws(Problem) -> JSONValue {
    skipBlanks()
    guard path.count <= Self.maximumDepth else { throw problem("it is nested too deeply") }
    switch next ?? 0 {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw problem(next == nil ? "it ends too early" : "a value was expected")
    }
  }

  private mutating func object() throws(Problem) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    skipBlanks()
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw problem("a member's name in quotes was expected") }
      let name = try string()
      guard name.utf8.count <= Limits.name else { throw problem("a name of at most \(Limits.name) bytes was expected") }
      guard members[name] == nil else { throw problem("the name \"\(name.prefix(bytes: 64))\" stands twice") }
      skipBlanks()
      guard take(":") else { throw problem("a colon was expected") }
      path.append(path.isEmpty ? name.prefix(bytes: 64) : ".\(name.prefix(bytes: 64))")
      members[name] = try value()
      path.removeLast()
      skipBlanks()
    } while take(",")
    guard take("}") else { throw problem("a comma or } was expected") }
    return .object(members)
  }

  private mutating func array() throws(Problem) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array(elements) }
    repeat {
      path.append("[\(elements.count)]")
      elements.append(try value())
      path.removeLast()
      skipBlanks()
    } while take(",")
    guard take("]") else { throw problem("a comma or ] was expected") }
    return .array(elements)
  }

  private mutating func string() throws(Problem) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(Character(try escaped())).utf8)
      case 0..<0x20: throw problem("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw problem("a string does not end")
  }

  private mutating func escaped() throws(Problem) -> Unicode.Scalar {
    guard let byte = next else { throw problem("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else { throw problem("half of a character") }
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw problem("half of a character") }
      return scalar
    default: throw problem("an unknown escape stands in a string")
    }
  }

  private mutating func hexadecimal() throws(Problem) -> UInt32 {
    guard position + 4 <= bytes.count, bytes[position..<position + 4].allSatisfy(Self.isHexadecimal),
      let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw problem("four hexadecimal digits were expected") }
    position += 4
    return value
  }

  private mutating func number() throws(Problem) -> JSONValue {
    let start = position
    _ = take("-")
    if !take("0"), !digits() { throw problem("a digit was expected") }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard digits() else { throw problem("a digit was expected") }
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      guard digits() else { throw problem("a digit was expected") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw problem("the number is too large") }
    return .number(value)
  }

  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position > start
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
  }

  private func problem(_ expectation: String) -> Problem {
    let before = bytes.prefix(position)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
    return Problem(field: path.joined(), line: line, column: column, expectation: expectation)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
