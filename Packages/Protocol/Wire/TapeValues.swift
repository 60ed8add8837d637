import Encodings
import Foundation

/// How each kind of value is read from a tape.
extension Tape {
  /// Decodes any value: the scalars that we handle ourselves, otherwise whatever the type decodes itself from.
  func decode<Value: Decodable>(_ type: Value.Type, at node: Int) throws -> Value {
    // Comparing metatypes costs nothing next to a cast, and only one cast is then made.
    if type == String.self, let value = try string(at: node) as? Value { return value }
    if type == Date.self, let value = try date(at: node) as? Value { return value }
    if type == UUID.self, let value = try uuid(at: node) as? Value { return value }
    if type == Data.self, let value = Data(try binary(at: node)) as? Value { return value }
    if type == [UInt8].self, let value = [UInt8](try binary(at: node)) as? Value { return value }
    if type == URL.self, let value = try url(at: node) as? Value { return value }
    if type == Int.self, let value = try integer(Int.self, at: node) as? Value { return value }
    if type == JSONValue.self, let value = try json(at: node) as? Value { return value }
    if case .refused(let reason) = WireRule.of(type) { throw fail(.unsupported(reason), at: node) }
    do {
      return try Value(from: ValueDecoder(tape: self, node: node))
    } catch let error as DecodingError {
      throw WireError(.invalidValue(of: "\(Value.self)"), at: WireError.path(of: error))
    }
  }

  func isNull(at node: Int) -> Bool { nodes[node].kind == .null }

  func bool(at node: Int) throws -> Bool {
    switch nodes[node].kind {
    case .yes: return true
    case .no: return false
    default: throw mismatch("a truth value", at: node)
    }
  }

  func string(at node: Int) throws -> String {
    guard nodes[node].kind == .string else { throw mismatch("a string", at: node) }
    return text(of: nodes[node])
  }

  func binary(at node: Int) throws -> UnsafeRawBufferPointer {
    guard nodes[node].kind == .binary else { throw mismatch("binary data", at: node) }
    return slice(of: nodes[node])
  }

  func integer<Number: FixedWidthInteger>(_ type: Number.Type, at node: Int) throws -> Number {
    let value: Number? =
      switch nodes[node].kind {
      case .unsigned: Number(exactly: nodes[node].bits)
      case .negative: Number(exactly: Int64(bitPattern: nodes[node].bits))
      default: throw mismatch("an integer", at: node)
      }
    guard let value else { throw fail(.overflow(of: "\(Number.self)"), at: node) }
    return value
  }

  func double(at node: Int) throws -> Double {
    guard nodes[node].kind == .double else { throw mismatch("a 64-bit float", at: node) }
    return Double(bitPattern: nodes[node].bits)
  }

  func float(at node: Int) throws -> Float {
    guard nodes[node].kind == .float else { throw mismatch("a 32-bit float", at: node) }
    return Float(bitPattern: nodes[node].second)
  }

  private func date(at node: Int) throws -> Date {
    guard let date = WireDate.date(try integer(Int64.self, at: node)) else {
      throw fail(.overflow(of: "Date"), at: node)
    }
    return date
  }

  private func uuid(at node: Int) throws -> UUID {
    let bytes = try binary(at: node)
    guard bytes.count == 16 else { throw fail(.invalidValue(of: "UUID"), at: node) }
    return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
  }

  private func url(at node: Int) throws -> URL {
    // Foundation may repair a text; then it would be written back differently.
    let text = try string(at: node)
    guard let url = URL(string: text), url.absoluteString == text else {
      throw fail(.invalidValue(of: "URL"), at: node)
    }
    return url
  }

  private func json(at node: Int) throws -> JSONValue {
    let value = nodes[node]
    switch value.kind {
    case .null: return .null
    case .no: return .bool(false)
    case .yes: return .bool(true)
    case .unsigned, .negative: return .integer(try integer(Int64.self, at: node))
    case .double: return .number(Double(bitPattern: value.bits))
    case .string: return .string(text(of: value))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(Int(value.first))
      var child = node + 1
      while child < Int(value.next) {
        elements.append(try json(at: child))
        child = Int(nodes[child].next)
      }
      return .array(elements)
    case .map:
      var members: [String: JSONValue] = [:]
      members.reserveCapacity(Int(value.first))
      var child = node + 1
      while child < Int(value.next) {
        members[text(of: nodes[child])] = try json(at: child + 1)
        child = Int(nodes[child + 1].next)
      }
      return .object(members)
    case .float, .binary: throw mismatch("a JSON value", at: node)
    }
  }

  func mismatch(_ expected: String, at node: Int) -> WireError {
    let found =
      switch nodes[node].kind {
      case .null: "nil"
      case .no, .yes: "a truth value"
      case .unsigned, .negative: "an integer"
      case .float: "a 32-bit float"
      case .double: "a 64-bit float"
      case .string: "a string"
      case .binary: "binary data"
      case .array: "an array"
      case .map: "a map"
      }
    return fail(.mismatch(expected: expected, found: found), at: node)
  }
}
