/// What a value sees while it encodes itself: room for exactly one value.
struct ValueEncoder: Encoder {
  let encoding: Encoding
  /// The number of bytes when this place was handed out.
  let start: Int
  let sorts: Bool

  var codingPath: [any CodingKey] { [NameKey(encoding.path)] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    claim()
    let (level, serial) = encoding.open(isMap: true, sorts: true)
    return KeyedEncodingContainer(MapWriter<Key>(encoding: encoding, level: level, serial: serial))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    claim()
    let (level, serial) = encoding.open(isMap: false, sorts: sorts)
    return ArrayWriter(encoding: encoding, level: level, serial: serial)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { ScalarWriter(encoding: encoding, start: start) }

  private func claim() {
    if encoding.writer.bytes.count != start { encoding.refuse(.disorder) }
  }
}

struct MapWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoding: Encoding
  let level: Int
  let serial: Int

  var codingPath: [any CodingKey] { [NameKey(encoding.path)] }

  private func begin(_ key: Key) throws {
    try encoding.activate(level, serial)
    try encoding.key(key.stringValue, in: level)
  }

  @inline(__always)
  private func begin(_ key: Key, _ write: (inout ByteWriter) -> Void) throws {
    try begin(key)
    write(&encoding.writer)
  }

  func encodeNil(forKey key: Key) throws { try begin(key) { $0.null() } }
  func encode(_ value: Bool, forKey key: Key) throws { try begin(key) { $0.bool(value) } }
  func encode(_ value: String, forKey key: Key) throws {
    try begin(key)
    try encoding.text(value)
  }
  func encode(_ value: Double, forKey key: Key) throws { try begin(key) { $0.double(value) } }
  func encode(_ value: Float, forKey key: Key) throws { try begin(key) { $0.float(value) } }
  func encode(_ value: Int, forKey key: Key) throws { try begin(key) { $0.integer(Int64(value)) } }
  func encode(_ value: Int8, forKey key: Key) throws { try begin(key) { $0.integer(Int64(value)) } }
  func encode(_ value: Int16, forKey key: Key) throws { try begin(key) { $0.integer(Int64(value)) } }
  func encode(_ value: Int32, forKey key: Key) throws { try begin(key) { $0.integer(Int64(value)) } }
  func encode(_ value: Int64, forKey key: Key) throws { try begin(key) { $0.integer(value) } }
  func encode(_ value: UInt, forKey key: Key) throws { try begin(key) { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt8, forKey key: Key) throws { try begin(key) { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt16, forKey key: Key) throws { try begin(key) { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt32, forKey key: Key) throws { try begin(key) { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt64, forKey key: Key) throws { try begin(key) { $0.unsigned(value) } }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try begin(key)
    try encoding.encode(value)
  }

  func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
    // Absent and nil are one on the wire, so that an optional in an optional would come back flattened.
    if case .refused(let reason) = WireRule.of(Value?.self) {
      try begin(key)
      throw encoding.fail(.unsupported(reason))
    }
    if let value { try encode(value, forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    beginOrRefuse(key)
    let (level, serial) = encoding.open(isMap: true, sorts: true)
    return KeyedEncodingContainer(MapWriter<Nested>(encoding: encoding, level: level, serial: serial))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    beginOrRefuse(key)
    let (level, serial) = encoding.open(isMap: false, sorts: false)
    return ArrayWriter(encoding: encoding, level: level, serial: serial)
  }

  func superEncoder() -> any Encoder { encoding.refusedEncoder() }
  func superEncoder(forKey key: Key) -> any Encoder { encoding.refusedEncoder() }

  private func beginOrRefuse(_ key: Key) {
    do { try begin(key) } catch { encoding.refuse(.disorder) }
  }
}

struct ArrayWriter: UnkeyedEncodingContainer {
  let encoding: Encoding
  let level: Int
  let serial: Int

  var codingPath: [any CodingKey] { [NameKey(encoding.path)] }
  var count: Int { level < encoding.levels.count ? encoding.levels[level].count : 0 }

  private func begin() throws {
    try encoding.activate(level, serial)
    encoding.element(in: level)
  }

  func encodeNil() throws {
    try begin()
    encoding.writer.null()
  }

  func encode<Value: Encodable>(_ value: Value) throws {
    try begin()
    let start = encoding.writer.bytes.count
    try encoding.encode(value)
    if encoding.levels[level].sorts { encoding.elementEnded(in: level, from: start) }
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    beginOrRefuse()
    let (level, serial) = encoding.open(isMap: true, sorts: true)
    return KeyedEncodingContainer(MapWriter<Nested>(encoding: encoding, level: level, serial: serial))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    beginOrRefuse()
    let (level, serial) = encoding.open(isMap: false, sorts: false)
    return ArrayWriter(encoding: encoding, level: level, serial: serial)
  }

  func superEncoder() -> any Encoder { encoding.refusedEncoder() }

  private func beginOrRefuse() {
    do { try begin() } catch { encoding.refuse(.disorder) }
  }
}

struct ScalarWriter: SingleValueEncodingContainer {
  let encoding: Encoding
  let start: Int

  var codingPath: [any CodingKey] { [NameKey(encoding.path)] }

  @inline(__always)
  private func claim(_ write: (inout ByteWriter) -> Void) throws {
    guard encoding.writer.bytes.count == start else { throw encoding.fail(.disorder) }
    write(&encoding.writer)
  }

  func encodeNil() throws { try claim { $0.null() } }
  func encode(_ value: Bool) throws { try claim { $0.bool(value) } }
  func encode(_ value: String) throws {
    try claim { _ in }
    try encoding.text(value)
  }
  func encode(_ value: Double) throws { try claim { $0.double(value) } }
  func encode(_ value: Float) throws { try claim { $0.float(value) } }
  func encode(_ value: Int) throws { try claim { $0.integer(Int64(value)) } }
  func encode(_ value: Int8) throws { try claim { $0.integer(Int64(value)) } }
  func encode(_ value: Int16) throws { try claim { $0.integer(Int64(value)) } }
  func encode(_ value: Int32) throws { try claim { $0.integer(Int64(value)) } }
  func encode(_ value: Int64) throws { try claim { $0.integer(value) } }
  func encode(_ value: UInt) throws { try claim { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt8) throws { try claim { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt16) throws { try claim { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt32) throws { try claim { $0.unsigned(UInt64(value)) } }
  func encode(_ value: UInt64) throws { try claim { $0.unsigned(value) } }

  func encode<Value: Encodable>(_ value: Value) throws {
    guard encoding.writer.bytes.count == start else { throw encoding.fail(.disorder) }
    try encoding.encode(value)
  }
}

extension Encoding {
  /// What `superEncoder` gives, which cannot throw: everything that is written to it is already refused.
  func refusedEncoder() -> any Encoder {
    refuse(.unsupported("superEncoder does not exist on the wire"))
    return ValueEncoder(encoding: Encoding(), start: 0, sorts: false)
  }
}
