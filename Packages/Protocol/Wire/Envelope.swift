/// What a request frame's body holds: the message and what goes beside it.
///
/// A MessagePack array: request id (16 bytes), method, remaining milliseconds, trace (25 bytes), caller, payload (bin).
/// Time left travels, never a clock's reading, since two machines' clocks differ.
package struct RequestEnvelope: Equatable, Sendable {
  /// The longest time that a receiver grants, whatever a sender asks for: nothing may hold a place for ever.
  package static let maximumMilliseconds: UInt64 = 600_000

  package var id: RequestID
  package var method: String
  package var milliseconds: UInt64
  package var trace: TraceContext
  package var caller: Caller
  package var payload: [UInt8]

  package init(method: MethodName, payload: [UInt8], call: Call) {
    id = call.id
    self.method = method.text
    let (seconds, attoseconds) = call.remaining.components
    let left = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1000)
    milliseconds =
      left.overflow
      ? Self.maximumMilliseconds
      : min(left.partialValue + UInt64(attoseconds / 1_000_000_000_000_000), Self.maximumMilliseconds)
    trace = call.trace
    caller = call.caller
    self.payload = payload
  }

  package var body: [UInt8] {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(payload.count + 256)
    writer.bytes.append(0x96)
    writer.binary(id.bytes)
    writer.string(method)
    writer.unsigned(milliseconds)
    writer.binaryHeader(25)
    writer.bytes.append(contentsOf: trace.traceID)
    writer.bytes.append(contentsOf: trace.parentID)
    writer.bytes.append(trace.flags)
    write(caller, to: &writer)
    writer.binary(payload)
    return writer.bytes
  }

  private func write(_ caller: Caller, to writer: inout ByteWriter) {
    writer.bytes.append(0x96)
    for secret in [caller.session, caller.apiKey] {
      if let secret { writer.string(secret.exposed) } else { writer.null() }
    }
    // One, which nearly every browser has, stands there as it did when there was only ever one.
    switch caller.browsers.count {
    case 0: writer.null()
    case 1: writer.string(caller.browsers[0].exposed)
    default:
      writer.bytes.append(contentsOf: ByteWriter.header(caller.browsers.count, short: 0x90, long: 0xDC))
      for browser in caller.browsers { writer.string(browser.exposed) }
    }
    writer.string(caller.address)
    writer.string(caller.userAgent)
    writer.bytes.append(contentsOf: ByteWriter.header(caller.languages.count, short: 0x90, long: 0xDC))
    for language in caller.languages { writer.string(language) }
  }

  /// Reads a request frame's body; throws a `WireError` that names no value.
  package init(body: [UInt8]) throws {
    let tape = try Tape(body)
    var reader = try FieldReader(tape, array: 0, count: 6)
    let (idNode, methodNode, timeNode, traceNode) = (reader.next(), reader.next(), reader.next(), reader.next())
    let (callerNode, payloadNode) = (reader.next(), reader.next())
    guard let id = RequestID(bytes: try tape.binary(at: idNode)) else {
      throw tape.fail(.invalidValue(of: "RequestID"), at: idNode)
    }
    self.id = id
    method = try tape.string(at: methodNode)
    guard method.utf8.count <= MethodName.maximumLength else {
      throw tape.fail(.invalidValue(of: "MethodName"), at: methodNode)
    }
    milliseconds = min(try tape.integer(UInt64.self, at: timeNode), Self.maximumMilliseconds)
    let parts = try tape.binary(at: traceNode)
    guard parts.count == 25, let flags = parts.last,
      let trace = TraceContext(
        traceID: [UInt8](parts.prefix(16)), parentID: [UInt8](parts.dropFirst(16).prefix(8)), flags: flags)
    else { throw tape.fail(.invalidValue(of: "TraceContext"), at: traceNode) }
    self.trace = trace
    caller = try Self.caller(tape, at: callerNode)
    payload = [UInt8](try tape.binary(at: payloadNode))
  }

  private static func caller(_ tape: Tape, at node: Int) throws -> Caller {
    var reader = try FieldReader(tape, array: node, count: 6)
    func secret(_ node: Int) throws -> Secret? { tape.isNull(at: node) ? nil : Secret(try tape.string(at: node)) }
    var caller = Caller()
    caller.session = try secret(reader.next())
    caller.apiKey = try secret(reader.next())
    let browsers = reader.next()
    if tape.nodes[browsers].kind == .array {
      caller.browsers = try tape.decode([String].self, at: browsers).prefix(Caller.mostBrowsers).map { Secret($0) }
    } else {
      caller.browsers = [try secret(browsers)].compactMap(\.self)
    }
    caller.address = try tape.string(at: reader.next())
    caller.userAgent = try tape.string(at: reader.next())
    caller.languages = try tape.decode([String].self, at: reader.next())
    return caller
  }

  /// The call as the receiver sees it: the deadline by its own clock, the peer from the connection.
  package func call(from peer: Peer) -> Call {
    Call(id: id, caller: caller, deadline: .now + .milliseconds(milliseconds), trace: trace, peer: peer)
  }
}

/// Walks a fixed number of an array's elements.
struct FieldReader {
  private let tape: Tape
  private var node: Int

  init(_ tape: Tape, array: Int, count: Int) throws {
    guard tape.nodes[array].kind == .array, Int(tape.nodes[array].first) == count else {
      throw tape.mismatch("an array of \(count)", at: array)
    }
    self.tape = tape
    node = array + 1
  }

  mutating func next() -> Int {
    defer { node = Int(tape.nodes[node].next) }
    return node
  }
}
