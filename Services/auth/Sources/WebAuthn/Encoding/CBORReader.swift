/// A strict, bounded reader of CBOR.
///
/// Refused: indefinite lengths, lengths and integers that are not in their shortest form, duplicate keys, tags,
/// floating-point numbers, more depth or items than `Limit` grants, and a length beyond the bytes that are left (before
/// anything is allocated for it).
///
/// The order of a map's keys is deliberately not enforced. CTAP 2's canonical order binds the writer; nothing is ever
/// signed over a re-encoded map, so another order can deceive no one, while several password managers and browsers
/// write attestation objects and keys in their own order, and their passkeys are in use.
package struct CBORReader: Sendable {
  private let input: [UInt8]
  /// Where the next item begins.
  package private(set) var position: Int
  private var itemsLeft = Limit.items

  package init(_ input: [UInt8], at position: Int = 0) {
    self.input = input
    self.position = position
  }

  /// The single item that the bytes encode.
  package static func decode(_ input: [UInt8]) throws(Refusal) -> CBOR {
    var reader = CBORReader(input)
    let value = try reader.next()
    guard reader.position == input.count else { throw .cborTrailingData }
    return value
  }

  /// The next item; `position` is past it afterwards.
  package mutating func next() throws(Refusal) -> CBOR {
    try item(depth: 0)
  }

  private mutating func item(depth: Int) throws(Refusal) -> CBOR {
    guard itemsLeft > 0 else { throw .cborTooManyItems }
    itemsLeft -= 1
    let initial = try byte()
    let additional = initial & 0x1f
    switch initial >> 5 {
    case 0: return .unsigned(try argument(additional))
    case 1: return .negative(try argument(additional))
    case 2: return .bytes(Array(try take(try argument(additional))))
    case 3:
      guard let text = String(validating: try take(try argument(additional)), as: UTF8.self) else {
        throw .cborTextNotUTF8
      }
      return .text(text)
    case 4: return try array(count: try argument(additional), depth: depth + 1)
    case 5: return try map(count: try argument(additional), depth: depth + 1)
    case 7:
      switch additional {
      case 20: return .bool(false)
      case 21: return .bool(true)
      case 22: return .null
      case 31: throw .cborIndefiniteLength
      default: throw .cborTypeUnsupported
      }
    default: throw .cborTypeUnsupported
    }
  }

  private mutating func array(count: UInt64, depth: Int) throws(Refusal) -> CBOR {
    guard depth <= Limit.depth else { throw .cborTooDeep }
    // Each item takes at least one byte.
    guard count <= UInt64(input.count - position) else { throw .cborTruncated }
    var items: [CBOR] = []
    for _ in 0..<count { items.append(try item(depth: depth)) }
    return .array(items)
  }

  private mutating func map(count: UInt64, depth: Int) throws(Refusal) -> CBOR {
    guard depth <= Limit.depth else { throw .cborTooDeep }
    guard count <= UInt64(input.count - position) / 2 else { throw .cborTruncated }
    var map = CBORMap()
    for _ in 0..<count {
      let key = try item(depth: depth)
      let label: CBORKey
      if let integer = key.integer {
        label = .integer(integer)
      } else if let text = key.textString {
        label = .text(Array(text.utf8))
      } else {
        throw .cborTypeUnsupported
      }
      try map.insert(try item(depth: depth), for: label)
    }
    return .map(map)
  }

  /// The argument of an item's first byte (RFC 8949 §3), in its shortest form (§4.2.1).
  private mutating func argument(_ additional: UInt8) throws(Refusal) -> UInt64 {
    switch additional {
    case 0..<24: return UInt64(additional)
    case 24...27:
      let width = 1 << Int(additional - 24)
      var value: UInt64 = 0
      for byte in try take(UInt64(width)) { value = value << 8 | UInt64(byte) }
      let smallest: UInt64 = width == 1 ? 24 : 1 << (UInt64(width) * 4)
      guard value >= smallest else { throw .cborNotShortest }
      return value
    case 31: throw .cborIndefiniteLength
    default: throw .cborTypeUnsupported
    }
  }

  private mutating func byte() throws(Refusal) -> UInt8 {
    guard position < input.count else { throw .cborTruncated }
    defer { position += 1 }
    return input[position]
  }

  private mutating func take(_ count: UInt64) throws(Refusal) -> ArraySlice<UInt8> {
    guard count <= UInt64(input.count - position) else { throw .cborTruncated }
    defer { position += Int(count) }
    return input[position..<position + Int(count)]
  }
}
