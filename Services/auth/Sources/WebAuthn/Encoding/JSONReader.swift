/// A strict, bounded reader of JSON (RFC 8259): UTF-8 already proven, one value, no duplicate names, no lone
/// surrogates, and no more depth or values than `Limit` grants.
///
/// Foundation's reader takes the last of two members with one name; a signed `challenge` beside an unsigned one must
/// not be a matter of taste.
package struct JSONReader {
  /// What is wrong with a text. The caller turns it into the refusal of the place it reads.
  package enum Flaw: Error {
    case malformed
  }

  private let input: [UInt8]
  private var position = 0
  private var valuesLeft = Limit.items

  /// The one value that a UTF-8 text is made of.
  package static func decode(_ input: [UInt8]) throws(Flaw) -> JSON {
    guard String(validating: input, as: UTF8.self) != nil else { throw .malformed }
    var reader = JSONReader(input: input)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == input.count else { throw .malformed }
    return value
  }

  private init(input: [UInt8]) {
    self.input = input
  }

  private var current: UInt8? { position < input.count ? input[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(Flaw) -> JSON {
    guard depth <= Limit.depth, valuesLeft > 0 else { throw .malformed }
    valuesLeft -= 1
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(Flaw) -> JSON {
    position += 1
    var members: [(name: String, value: JSON)] = []
    var names: Set<[UInt8]> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw .malformed }
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else { throw .malformed }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw .malformed }
      members.append((name, try value(depth: depth)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw .malformed }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Flaw) -> JSON {
    position += 1
    var items: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(items) }
    repeat {
      items.append(try value(depth: depth))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw .malformed }
    return .array(items)
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Flaw) -> JSON {
    for byte in word.utf8 {
      guard take(byte) else { throw .malformed }
    }
    return value
  }

  private mutating func number() throws(Flaw) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: input[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(Flaw) {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw .malformed }
  }

  private mutating func string() throws(Flaw) -> String {
    position += 1
    var bytes: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &bytes)
      case 0..<0x20: throw .malformed
      default: bytes.append(byte)
      }
    }
    throw .malformed
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(Flaw) {
    guard let letter = current else { throw .malformed }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .malformed }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw .malformed }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      // A low surrogate alone is no scalar.
      guard let scalar = Unicode.Scalar(code) else { throw .malformed }
      bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    default: throw .malformed
    }
  }

  private mutating func hexadecimal() throws(Flaw) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .malformed }
      position += 1
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
