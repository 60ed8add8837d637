// A request frame's body: a MessagePack array of request id (16 bytes), method, remaining milliseconds, nil (where a
// trace context will stand once something exports traces), caller, payload (bin).
//
// The time left travels, never a clock's reading, since two machines' clocks differ. The payload is a message's bytes;
// it is written once, directly after the envelope, and read in place.

/// An outgoing request: frame, envelope and message in one buffer. The two fields that differ between tries of one
/// call, the correlation and the time left, have a fixed place and are overwritten there.
package struct RequestFrame: Sendable {
  package private(set) var bytes: [UInt8]
  private let time: Int

  /// - Throws: A `WireError` that names no value: the message cannot be written, or is larger than a frame.
  package init<Message: ServiceRequest>(_ message: Message, _ call: Call) throws(WireError) {
    try self.init(method: Message.method.text, call) { bytes throws(WireError) in
      try MessagePack.append(message, to: &bytes, longestText: Message.longestText)
    }
  }

  /// With any bytes for a payload, well-formed or not.
  package init(method: String, payload: [UInt8], _ call: Call) throws(WireError) {
    try self.init(method: method, call) { bytes throws(WireError) in bytes += payload }
  }

  private init(
    method: String, _ call: Call, payload: (inout [UInt8]) throws(WireError) -> Void
  ) throws(WireError) {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(1024)
    writer.bytes.append(contentsOf: Frame.header(.request))
    writer.bytes.append(0x96)
    writer.binary(call.id.bytes)
    writer.string(method)
    time = writer.bytes.count
    writer.bytes.append(contentsOf: [0xCE, 0, 0, 0, 0])
    writer.null()
    writer.caller(call.caller)
    writer.bytes.append(contentsOf: [0xC6, 0, 0, 0, 0])
    let start = writer.bytes.count
    try payload(&writer.bytes)
    ByteOrder.put(UInt32(writer.bytes.count - start), into: &writer.bytes, at: start - 4)
    guard Frame.fits(writer.bytes.count - Frame.headerLength) else { throw WireError(.tooLarge, at: "") }
    Frame.fillLength(of: &writer.bytes)
    bytes = writer.bytes
  }

  /// Addresses it for one try, without another copy of what was written.
  package mutating func address(correlation: UInt32, remaining: Duration) {
    Frame.fillCorrelation(correlation, of: &bytes)
    ByteOrder.put(UInt32(RequestHead.milliseconds(remaining)), into: &bytes, at: time + 1)
  }
}

/// The part of a received request before its message.
package struct RequestHead: Equatable, Sendable {
  /// The longest time that a receiver grants, whatever a sender asks for: no request may hold a place for ever.
  package static let maximumMilliseconds: UInt64 = 600_000

  package let id: RequestID
  package let method: String
  package let milliseconds: UInt64
  package let caller: Caller
  /// Where the message's bytes lie in the body.
  package let payload: Range<Int>

  /// Reads a request frame's body up to its payload; throws a `WireError` that names no value.
  package init(_ body: UnsafeRawBufferPointer) throws(WireError) {
    var reader = ByteReader(body)
    guard try reader.array() == 6 else { throw reader.fail(.mismatch(expected: "an array of 6", found: "another")) }
    guard let id = RequestID(bytes: try reader.binary()) else { throw reader.fail(.invalidValue(of: "RequestID")) }
    self.id = id
    method = try reader.string()
    guard method.utf8.count <= MethodName.maximumLength else { throw reader.fail(.invalidValue(of: "MethodName")) }
    milliseconds = min(try reader.unsigned(), Self.maximumMilliseconds)
    // A trace context: nothing here exports one.
    if !reader.null() { _ = try reader.binary() }
    caller = try reader.caller()
    let count = try reader.binary().count
    guard reader.isAtEnd else { throw reader.fail(.trailingBytes) }
    payload = body.count - count..<body.count
  }

  /// The call as the receiver sees it: the deadline by its own clock, the peer from the connection.
  package func call(from peer: Peer) -> Call {
    Call(id: id, caller: caller, deadline: .now + .milliseconds(milliseconds), peer: peer)
  }

  static func milliseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < maximumMilliseconds / 1000 else { return maximumMilliseconds }
    return UInt64(seconds) * 1000 + UInt64(attoseconds / 1_000_000_000_000_000)
  }
}

/// An answer as it goes out: a reply frame with the response's bytes in one buffer.
package struct ReplyFrame: Sendable {
  package private(set) var bytes: [UInt8]

  /// - Throws: A `WireError` that names no value: the response cannot be written, or is larger than a frame.
  init(_ response: some Encodable) throws(WireError) {
    bytes = Frame.header(.reply)
    bytes.reserveCapacity(1024)
    try MessagePack.append(response, to: &bytes)
    guard Frame.fits(bytes.count - Frame.headerLength) else { throw WireError(.tooLarge, at: "") }
    Frame.fillLength(of: &bytes)
  }

  package mutating func address(correlation: UInt32) { Frame.fillCorrelation(correlation, of: &bytes) }

  /// The response's bytes alone.
  package var payload: ArraySlice<UInt8> { bytes[Frame.headerLength...] }
}

extension ByteWriter {
  mutating func caller(_ caller: Caller) {
    bytes.append(0x96)
    for secret in [caller.session, caller.apiKey] {
      if let secret { string(secret.exposed) } else { null() }
    }
    // A single one, as nearly every browser has, is encoded as it was when there was only ever one.
    switch caller.browsers.count {
    case 0: null()
    case 1: string(caller.browsers[0].exposed)
    default: strings(caller.browsers.map(\.exposed))
    }
    string(caller.address)
    string(caller.userAgent)
    strings(caller.languages)
  }

  private mutating func strings(_ values: [String]) {
    bytes.append(contentsOf: Self.header(values.count, short: 0x90, long: 0xDC))
    for value in values { string(value) }
  }
}

extension ByteReader {
  mutating func caller() throws(WireError) -> Caller {
    guard try array() == 6 else { throw fail(.mismatch(expected: "an array of 6", found: "another")) }
    var caller = Caller()
    caller.session = try secret()
    caller.apiKey = try secret()
    if isAtArray {
      caller.browsers = try strings().prefix(Caller.mostBrowsers).map { Secret($0) }
    } else {
      caller.browsers = [try secret()].compactMap(\.self)
    }
    caller.address = try string()
    caller.userAgent = try string()
    caller.languages = try strings()
    return caller
  }

  private mutating func secret() throws(WireError) -> Secret? { null() ? nil : Secret(try string()) }

  private mutating func strings() throws(WireError) -> [String] {
    var values: [String] = []
    for _ in 0..<(try array()) { values.append(try string()) }
    return values
  }
}
