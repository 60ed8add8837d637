/// What a type sees while it decodes itself: one value of the tape.
struct ValueDecoder: Decoder {
  let tape: Tape
  let node: Int

  var codingPath: [any CodingKey] { tape.path(to: node) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(try MapReader(tape: tape, node: node))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try ArrayReader(tape: tape, node: node) }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { ScalarReader(tape: tape, node: node) }
}

struct MapReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let tape: Tape
  private let node: Int

  init(tape: Tape, node: Int) throws {
    guard tape.nodes[node].kind == .map else { throw tape.mismatch("a map", at: node) }
    self.tape = tape
    self.node = node
  }

  var codingPath: [any CodingKey] { tape.path(to: node) }
  var allKeys: [Key] { tape.names(of: tape.nodes[node]).compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { tape.member(key.stringValue, of: tape.nodes[node]) != nil }

  private func member(_ key: Key) throws -> Int {
    guard let member = tape.member(key.stringValue, of: tape.nodes[node]) else {
      throw tape.fail(.missing(key: key.stringValue), at: node)
    }
    return member
  }

  /// A member that is there and not nil.
  private func present(_ key: Key) -> Int? {
    guard let member = tape.member(key.stringValue, of: tape.nodes[node]), !tape.isNull(at: member) else { return nil }
    return member
  }

  func decodeNil(forKey key: Key) throws -> Bool { tape.isNull(at: try member(key)) }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try tape.bool(at: member(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try tape.string(at: member(key)) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try tape.double(at: member(key)) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try tape.float(at: member(key)) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try tape.integer(Int.self, at: member(key)) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try tape.integer(Int8.self, at: member(key)) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try tape.integer(Int16.self, at: member(key)) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try tape.integer(Int32.self, at: member(key)) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try tape.integer(Int64.self, at: member(key)) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try tape.integer(UInt.self, at: member(key)) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try tape.integer(UInt8.self, at: member(key)) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try tape.integer(UInt16.self, at: member(key)) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try tape.integer(UInt32.self, at: member(key)) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try tape.integer(UInt64.self, at: member(key)) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try tape.decode(type, at: member(key))
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map(tape.bool(at:)) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try present(key).map(tape.string(at:))
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    if case .refused(let reason) = WireRule.of(Value?.self) { throw tape.fail(.unsupported(reason), at: node) }
    return try present(key).map { try tape.decode(type, at: $0) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    KeyedDecodingContainer(try MapReader<Nested>(tape: tape, node: member(key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try ArrayReader(tape: tape, node: member(key))
  }

  func superDecoder() throws -> any Decoder { throw tape.superDecoderRefused(at: node) }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw tape.superDecoderRefused(at: node) }
}

struct ArrayReader: UnkeyedDecodingContainer {
  private let tape: Tape
  private let node: Int
  private var child: Int
  private(set) var currentIndex = 0

  init(tape: Tape, node: Int) throws {
    guard tape.nodes[node].kind == .array else { throw tape.mismatch("an array", at: node) }
    self.tape = tape
    self.node = node
    child = node + 1
  }

  var codingPath: [any CodingKey] { tape.path(to: node) }
  var count: Int? { Int(tape.nodes[node].first) }
  var isAtEnd: Bool { child >= Int(tape.nodes[node].next) }

  /// The next element, which stays the next one if reading it fails.
  private mutating func next<Value>(_ read: (Int) throws -> Value) throws -> Value {
    guard !isAtEnd else { throw tape.fail(.missing(key: "element \(currentIndex)"), at: node) }
    let value = try read(child)
    child = Int(tape.nodes[child].next)
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, tape.isNull(at: child) else { return false }
    return try next { _ in true }
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let tape = tape
    return try next { try tape.decode(type, at: $0) }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let tape = tape
    return try next { KeyedDecodingContainer(try MapReader<Nested>(tape: tape, node: $0)) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let tape = tape
    return try next { try ArrayReader(tape: tape, node: $0) }
  }

  mutating func superDecoder() throws -> any Decoder { throw tape.superDecoderRefused(at: node) }
}

struct ScalarReader: SingleValueDecodingContainer {
  let tape: Tape
  let node: Int

  var codingPath: [any CodingKey] { tape.path(to: node) }

  func decodeNil() -> Bool { tape.isNull(at: node) }
  func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(at: node) }
  func decode(_ type: String.Type) throws -> String { try tape.string(at: node) }
  func decode(_ type: Double.Type) throws -> Double { try tape.double(at: node) }
  func decode(_ type: Float.Type) throws -> Float { try tape.float(at: node) }
  func decode(_ type: Int.Type) throws -> Int { try tape.integer(Int.self, at: node) }
  func decode(_ type: Int8.Type) throws -> Int8 { try tape.integer(Int8.self, at: node) }
  func decode(_ type: Int16.Type) throws -> Int16 { try tape.integer(Int16.self, at: node) }
  func decode(_ type: Int32.Type) throws -> Int32 { try tape.integer(Int32.self, at: node) }
  func decode(_ type: Int64.Type) throws -> Int64 { try tape.integer(Int64.self, at: node) }
  func decode(_ type: UInt.Type) throws -> UInt { try tape.integer(UInt.self, at: node) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try tape.integer(UInt8.self, at: node) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try tape.integer(UInt16.self, at: node) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try tape.integer(UInt32.self, at: node) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try tape.integer(UInt64.self, at: node) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try tape.decode(type, at: node) }
}

extension Tape {
  func superDecoderRefused(at node: Int) -> WireError {
    fail(.unsupported("superDecoder does not exist on the wire"), at: node)
  }
}
