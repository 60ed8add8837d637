/// Limits on a JSON text.
public struct JSONBounds: Sendable, Hashable {
  /// Bytes of the whole text.
  public var bytes: Int
  /// Arrays and objects within each other: reading is recursive, so that there must be a bound.
  public var depth: Int
  /// Bytes of a member's name. It is hashed and compared, for which Swift takes time quadratic in the length of a run
  /// of combining marks.
  public var name: Int
  /// Values, counted over all levels.
  public var values: Int

  public init(bytes: Int, depth: Int, name: Int, values: Int = .max) {
    self.bytes = bytes
    self.depth = depth
    self.name = name
    self.values = values
  }

  /// For JSON from others: tokens, claims, answers of other programs.
  public static let foreign = JSONBounds(bytes: 64 * 1024, depth: 16, name: 256)
  /// For JSON that we wrote ourselves: our files, rows of our database.
  public static let own = JSONBounds(bytes: .max, depth: 64, name: 1024)
}

extension JSONValue {
  /// Reads one JSON text (RFC 8259) strictly: within limits, UTF-8, no duplicate names, no lone surrogates, no number
  /// that a double cannot hold, nothing after the value.
  public init(json bytes: [UInt8], _ bounds: JSONBounds = .foreign) throws(JSONRefusal) {
    var reader = JSONReader(bytes, bounds)
    self = try reader.document()
  }

  /// The same for a String.
  public init(json text: String, _ bounds: JSONBounds = .foreign) throws(JSONRefusal) {
    // Before it is copied.
    guard text.utf8.count <= bounds.bytes else { throw JSONRefusal(.tooLarge, after: []) }
    try self.init(json: Array(text.utf8), bounds)
  }
}

private struct JSONReader {
  private let bytes: [UInt8]
  private let bounds: JSONBounds
  private var position = 0
  private var values = 0

  init(_ bytes: [UInt8], _ bounds: JSONBounds) {
    self.bytes = bytes
    self.bounds = bounds
  }

  mutating func document() throws(JSONRefusal) -> JSONValue {
    guard bytes.count <= bounds.bytes else { throw refusal(.tooLarge) }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw refusal(.invalidUTF8) }
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw refusal(.trailingText) }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func refusal(_ reason: JSONRefusal.Reason) -> JSONRefusal { JSONRefusal(reason, after: bytes[..<position]) }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONRefusal) -> JSONValue {
    skipSpace()
    values += 1
    guard values <= bounds.values else { throw refusal(.tooManyValues) }
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw refusal(.endsEarly)
    default: throw refusal(.valueExpected)
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONRefusal) -> JSONValue {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[position...].starts(with: letters) else { throw refusal(.valueExpected) }
    position += letters.count
    return value
  }

  private mutating func object(depth: Int) throws(JSONRefusal) -> [String: JSONValue] {
    guard depth <= bounds.depth else { throw refusal(.tooDeep) }
    position += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw refusal(.nameExpected) }
      let name = try string()
      // Before it is hashed. Names that Swift takes for equal are refused as duplicates too.
      guard name.utf8.count <= bounds.name else { throw refusal(.nameTooLong(limit: bounds.name)) }
      guard members[name] == nil else { throw refusal(.duplicateMember(name)) }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw refusal(.colonExpected) }
      do throws(JSONRefusal) {
        members[name] = try value(depth: depth)
      } catch {
        throw error.inside(member: name)
      }
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw refusal(.commaOrBraceExpected) }
    return members
  }

  private mutating func array(depth: Int) throws(JSONRefusal) -> [JSONValue] {
    guard depth <= bounds.depth else { throw refusal(.tooDeep) }
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      do throws(JSONRefusal) {
        elements.append(try value(depth: depth))
      } catch {
        throw error.inside(element: elements.count)
      }
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw refusal(.commaOrBracketExpected) }
    return elements
  }

  /// RFC 8259 §6: no leading zero, no bare sign, no bare point.
  private mutating func number() throws(JSONRefusal) -> JSONValue {
    let start = position
    var isWhole = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else { throw refusal(.numberOutOfRange) }
    return .number(number)
  }

  private mutating func digits() throws(JSONRefusal) {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw refusal(.digitExpected) }
  }

  private mutating func string() throws(JSONRefusal) -> String {
    position += 1
    let start = position
    skipPlain()
    // Nearly every string: it has nothing to decode.
    if take(UInt8(ascii: "\"")) { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
    var decoded = Array(bytes[start..<position])
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: decoded, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &decoded)
      case 0..<0x20: throw refusal(.controlCharacter)
      default:
        let plain = position - 1
        skipPlain()
        decoded += bytes[plain..<position]
      }
    }
    throw refusal(.stringWithoutEnd)
  }

  /// To the next byte of a string that does not stand for itself.
  private mutating func skipPlain() {
    while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
  }

  private mutating func escape(into decoded: inout [UInt8]) throws(JSONRefusal) {
    guard let letter = current else { throw refusal(.stringWithoutEnd) }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(letter)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"): decoded += UTF8.encode(try scalar()) ?? .init()
    default: throw refusal(.unknownEscape)
    }
  }

  private mutating func scalar() throws(JSONRefusal) -> Unicode.Scalar {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw refusal(.loneSurrogate) }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw refusal(.loneSurrogate) }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw refusal(.loneSurrogate) }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONRefusal) -> UInt32 {
    guard position + 4 <= bytes.count else { throw refusal(.hexadecimalExpected) }
    var code: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Hexadecimal.value(byte) else { throw refusal(.hexadecimalExpected) }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }
}
