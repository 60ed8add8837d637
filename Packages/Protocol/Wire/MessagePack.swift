// Values as bytes: MessagePack (the public specification at msgpack.org), written and read by Swift's Codable.
//
// Owns: the coder and its limits. Must not know: sockets, envelopes, or any single message.
//
// The encoding is canonical: integers in their shortest form, map keys sorted by their bytes, sets sorted by their
// elements' bytes. A date is the integer of microseconds since 1970, a UUID 16 bytes of bin, `Data` and `[UInt8]` bin,
// a URL its text. Decimal, `superEncoder`, optionals of optionals and keys other than strings are not supported;
// extension types are not used.

/// Encodes and decodes messages. Every refusal states its reason and the place.
public enum MessagePack {
  /// The most bytes of one encoded value: a frame's limit, since one value must fit into one frame.
  public static let maximumBytes = Frame.maximumLength

  /// The deepest nesting of arrays and maps. Messages nest about six deep and claims a few more; the limit keeps
  /// recursion away from the end of a task's stack (512 KiB).
  public static let maximumDepth = 32

  /// The most values of one encoded message. It bounds the index that is built over hostile bytes to 8 MiB.
  public static let maximumValues = 262_144

  /// The canonical bytes of a value.
  /// - Parameter longestText: bytes of UTF-8 that a text in it may have, keys included.
  public static func encode<Value: Encodable>(
    _ value: Value, longestText: Int = .max
  ) throws(WireError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    try append(value, to: &bytes, longestText: longestText)
    return bytes
  }

  /// Appends a value's canonical bytes.
  static func append<Value: Encodable>(
    _ value: Value, to bytes: inout [UInt8], longestText: Int = .max
  ) throws(WireError) {
    let encoding = Encoding(longestText: longestText)
    encoding.begin(behind: &bytes)
    do {
      try encoding.encode(value)
      bytes = try encoding.finish()
    } catch let error as WireError {
      throw error
    } catch {
      throw WireError(.invalidValue(of: "\(Value.self)"), at: encoding.path)
    }
  }

  /// Decodes a value from some bytes, all of them.
  /// - Parameter longestText: bytes of UTF-8 that a text in it may have, keys included.
  public static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], longestText: Int = .max
  ) throws(WireError) -> Value {
    try bytes.withUnsafeBufferPointer { (bytes) throws(WireError) in
      try decode(type, from: UnsafeRawBufferPointer(bytes), longestText: longestText)
    }
  }

  /// Decodes a value from some bytes, all of them, in place.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: UnsafeRawBufferPointer, longestText: Int = .max
  ) throws(WireError) -> Value {
    let tape = try Tape(bytes, longestText: longestText)
    do {
      return try tape.decode(type, at: 0)
    } catch let error as WireError {
      throw error
    } catch let error as DecodingError {
      throw WireError(.invalidValue(of: "\(Value.self)"), at: WireError.path(of: error))
    } catch {
      throw WireError(.invalidValue(of: "\(Value.self)"), at: "")
    }
  }
}
