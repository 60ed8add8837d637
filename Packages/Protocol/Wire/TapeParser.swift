/// Reads MessagePack's bytes into a tape's nodes, and refuses any that our encoding does not use.
struct TapeParser {
  private let buffer: UnsafeRawBufferPointer
  private var reader: ByteReader
  private(set) var nodes: [Tape.Node] = []
  private(set) var keys: [UInt32] = []

  private let longestText: Int

  init(_ buffer: UnsafeRawBufferPointer, longestText: Int) {
    self.buffer = buffer
    reader = ByteReader(buffer)
    self.longestText = longestText
    nodes.reserveCapacity(min(buffer.count / 4 + 8, 4096))
    keys.reserveCapacity(min(buffer.count / 8 + 4, 1024))
  }

  mutating func whole() throws(WireError) {
    try value(depth: 0)
    guard reader.isAtEnd else { throw fail(.trailingBytes) }
  }

  private func fail(_ reason: WireError.Reason) -> WireError { reader.fail(reason) }

  private mutating func value(depth: Int) throws(WireError) {
    guard nodes.count < MessagePack.maximumValues else { throw fail(.tooManyValues) }
    let tag = try reader.number(UInt8.self)
    switch tag {
    case 0x00...0x7F: add(.unsigned, UInt64(tag))
    case 0x80...0x8F: try map(Int(tag & 0x0F), depth)
    case 0x90...0x9F: try array(Int(tag & 0x0F), depth)
    case 0xA0...0xBF: try string(Int(tag & 0x1F))
    case 0xC0: add(.null, 0)
    case 0xC2: add(.no, 0)
    case 0xC3: add(.yes, 0)
    case 0xC4: try binary(Int(try reader.number(UInt8.self)))
    case 0xC5: try binary(Int(try reader.number(UInt16.self)))
    case 0xC6: try binary(Int(try reader.number(UInt32.self)))
    case 0xCA: add(.float, UInt64(try reader.number(UInt32.self)))
    case 0xCB: add(.double, try reader.number(UInt64.self))
    case 0xCC: add(.unsigned, UInt64(try reader.number(UInt8.self)))
    case 0xCD: add(.unsigned, UInt64(try reader.number(UInt16.self)))
    case 0xCE: add(.unsigned, UInt64(try reader.number(UInt32.self)))
    case 0xCF: add(.unsigned, try reader.number(UInt64.self))
    case 0xD0: add(signed: Int64(try reader.number(Int8.self)))
    case 0xD1: add(signed: Int64(try reader.number(Int16.self)))
    case 0xD2: add(signed: Int64(try reader.number(Int32.self)))
    case 0xD3: add(signed: try reader.number(Int64.self))
    case 0xD9: try string(Int(try reader.number(UInt8.self)))
    case 0xDA: try string(Int(try reader.number(UInt16.self)))
    case 0xDB: try string(Int(try reader.number(UInt32.self)))
    case 0xDC: try array(Int(try reader.number(UInt16.self)), depth)
    case 0xDD: try array(Int(try reader.number(UInt32.self)), depth)
    case 0xDE: try map(Int(try reader.number(UInt16.self)), depth)
    case 0xDF: try map(Int(try reader.number(UInt32.self)), depth)
    case 0xE0...0xFF: add(signed: Int64(Int8(bitPattern: tag)))
    default: throw fail(.unusedType(tag))
    }
  }

  private mutating func array(_ count: Int, _ depth: Int) throws(WireError) {
    guard depth < MessagePack.maximumDepth else { throw fail(.tooDeep) }
    // Every element takes at least a byte: a larger count is refused before anything is allocated for it.
    guard count <= reader.remaining else { throw fail(.truncated) }
    let own = nodes.count
    add(.array, UInt64(count) << 32)
    for _ in 0..<count { try value(depth: depth + 1) }
    nodes[own].next = UInt32(nodes.count)
  }

  private mutating func map(_ count: Int, _ depth: Int) throws(WireError) {
    guard depth < MessagePack.maximumDepth else { throw fail(.tooDeep) }
    guard count <= reader.remaining / 2 else { throw fail(.truncated) }
    let (own, firstKey) = (nodes.count, keys.count)
    keys.append(contentsOf: repeatElement(0, count: count))
    add(.map, UInt64(count) << 32 | UInt64(firstKey))
    var last = UnsafeRawBufferPointer(rebasing: buffer[0..<0])
    for index in 0..<count {
      let key = nodes.count
      keys[firstKey + index] = UInt32(key)
      try value(depth: depth + 1)
      guard nodes[key].kind == .string else { throw fail(.keyIsNotAString) }
      let start = Int(nodes[key].first)
      let name = UnsafeRawBufferPointer(rebasing: buffer[start..<start + Int(nodes[key].second)])
      if index > 0 {
        let order = ByteOrder.compare(last, name)
        guard order != 0 else { throw fail(.duplicateKey) }
        guard order < 0 else { throw fail(.unsortedKeys) }
      }
      last = name
      try value(depth: depth + 1)
    }
    nodes[own].next = UInt32(nodes.count)
  }

  private mutating func string(_ count: Int) throws(WireError) {
    guard count <= longestText else { throw fail(.textTooLong(longestText)) }
    let bytes = try reader.take(count)
    guard Self.isUTF8(bytes) else { throw fail(.invalidUTF8) }
    add(.string, UInt64(reader.position - count) << 32 | UInt64(count))
  }

  private mutating func binary(_ count: Int) throws(WireError) {
    _ = try reader.take(count)
    add(.binary, UInt64(reader.position - count) << 32 | UInt64(count))
  }

  private mutating func add(signed value: Int64) {
    add(value < 0 ? .negative : .unsigned, UInt64(bitPattern: value))
  }

  private mutating func add(_ kind: Tape.Node.Kind, _ bits: UInt64) {
    nodes.append(
      Tape.Node(
        kind: kind, next: UInt32(nodes.count + 1), first: UInt32(truncatingIfNeeded: bits >> 32),
        second: UInt32(truncatingIfNeeded: bits)))
  }

  private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // Nearly all texts are ASCII: eight bytes at a time, and the standard library for the rest.
    var offset = 0
    while offset + 8 <= bytes.count {
      guard bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 else {
        return String(validating: bytes, as: UTF8.self) != nil
      }
      offset += 8
    }
    while offset < bytes.count {
      guard bytes[offset] < 0x80 else { return String(validating: bytes, as: UTF8.self) != nil }
      offset += 1
    }
    return true
  }
}
