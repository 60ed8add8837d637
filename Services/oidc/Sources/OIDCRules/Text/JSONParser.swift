/// Why a JSON text was refused.
public enum JSONRefusal: Error, Sendable, Equatable {
  case tooLarge
  case tooDeep
  case nameTooLong
  case invalidUTF8
  /// RFC 8259 §4 leaves it open which of two members counts; two readers that choose differently is an attack.
  case duplicateMember(String)
  case numberOutOfRange
  /// Not JSON; the offset in bytes.
  case malformed(at: Int)
}

/// Reads one JSON text (RFC 8259): bounded in size and depth, duplicate members refused, nothing after the value.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private let depthLimit: Int

  private init(_ bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  static func parse(
    _ bytes: [UInt8], limit: Int = Limits.json, depthLimit: Int = Limits.jsonDepth
  ) throws(JSONRefusal) -> ClaimValue {
    guard bytes.count <= limit else { throw .tooLarge }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidUTF8 }
    var parser = JSONParser(bytes, depthLimit: depthLimit)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw .malformed(at: parser.position) }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONRefusal) {
    guard current == byte else { throw .malformed(at: position) }
    position += 1
  }

  private mutating func expect(_ word: StaticString, _ value: ClaimValue) throws(JSONRefusal) -> ClaimValue {
    for offset in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[offset]) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONRefusal) -> ClaimValue {
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try expect("true", .bool(true))
    case UInt8(ascii: "f"): return try expect("false", .bool(false))
    case UInt8(ascii: "n"): return try expect("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(JSONRefusal) -> [String: ClaimValue] {
    guard depth <= depthLimit else { throw .tooDeep }
    position += 1
    var members: [String: ClaimValue] = [:]
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return members
    }
    while true {
      skipSpace()
      let name = try string()
      // Before it is hashed.
      guard name.utf8.count <= Limits.jsonName else { throw .nameTooLong }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      let member = try value(depth: depth)
      guard members.updateValue(member, forKey: name) == nil else { throw .duplicateMember(name) }
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
      } else {
        try expect(UInt8(ascii: "}"))
        return members
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONRefusal) -> [ClaimValue] {
    guard depth <= depthLimit else { throw .tooDeep }
    position += 1
    var elements: [ClaimValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return elements
    }
    while true {
      skipSpace()
      elements.append(try value(depth: depth))
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
      } else {
        try expect(UInt8(ascii: "]"))
        return elements
      }
    }
  }

  private mutating func number() throws(JSONRefusal) -> ClaimValue {
    let start = position
    var fractional = false
    if current == UInt8(ascii: "-") { position += 1 }
    // RFC 8259 §6: no leading zero, no bare sign, no bare point.
    if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if current == UInt8(ascii: ".") {
      fractional = true
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      fractional = true
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !fractional, let integer = Int64(text) { return .integer(integer) }
    guard let double = Double(text), double.isFinite else { throw .numberOutOfRange }
    return .number(double)
  }

  private mutating func digits() throws(JSONRefusal) {
    let start = position
    while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    guard position > start else { throw .malformed(at: position) }
  }

  private mutating func string() throws(JSONRefusal) -> String {
    try expect(UInt8(ascii: "\""))
    var decoded: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: decoded, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &decoded)
      case 0x00...0x1F: throw .malformed(at: position)
      default:
        decoded.append(byte)
        position += 1
      }
    }
    throw .malformed(at: position)
  }

  private mutating func escape(into decoded: inout [UInt8]) throws(JSONRefusal) {
    guard let byte = current else { throw .malformed(at: position) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        try expect(UInt8(ascii: "\\"))
        try expect(UInt8(ascii: "u"))
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw .malformed(at: position) }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
      }
      // A lone surrogate is no character: there is nothing to decode it to.
      guard let scalar = Unicode.Scalar(code) else { throw .malformed(at: position) }
      decoded.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    default: throw .malformed(at: position - 1)
    }
  }

  private mutating func hexadecimal() throws(JSONRefusal) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Percent.hexadecimal(byte) else { throw .malformed(at: position) }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}

extension ClaimValue {
  /// Reads one JSON text, at most `Limits.json` bytes and `Limits.jsonDepth` deep, duplicate members refused.
  public init(json bytes: [UInt8]) throws(JSONRefusal) { self = try JSONParser.parse(bytes) }

  /// The same for a String.
  public init(json text: String) throws(JSONRefusal) { self = try JSONParser.parse(Array(text.utf8)) }
}
