/// Where a request stands in a distributed trace: the `traceparent` of W3C Trace Context (version 00).
public struct TraceContext: Hashable, Sendable {
  /// 16 bytes, never all zero: the whole trace.
  public let traceID: [UInt8]
  /// 8 bytes, never all zero: the step that caused this one.
  public let parentID: [UInt8]
  /// Bit 0: sampled.
  public let flags: UInt8

  /// A trace that begins here, not sampled.
  public init() {
    traceID = Self.random(16)
    parentID = Self.random(8)
    flags = 0
  }

  /// From the header's text. Nil if it is malformed, and then a new trace begins (W3C Trace Context §3.2.2 and §4.3: an
  /// unknown version is read as version 00 where its start has that form; "ff" is forbidden).
  public init?(traceparent: String) {
    // Later versions may be longer than the 55 characters of this one; nothing comes near this.
    guard traceparent.utf8.count <= 512 else { return nil }
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      traceparent == traceparent.lowercased(), Hexadecimal.bytes(parts[0]) != nil,
      let trace = Hexadecimal.bytes(parts[1]), let parent = Hexadecimal.bytes(parts[2]),
      let flags = Hexadecimal.bytes(parts[3]), flags.count == 1
    else { return nil }
    self.init(traceID: trace, parentID: parent, flags: flags[0])
  }

  /// From its parts; nil if a length is wrong or an identifier is all zero (W3C Trace Context §3.2.2.3, §3.2.2.4).
  public init?(traceID: [UInt8], parentID: [UInt8], flags: UInt8) {
    guard traceID.count == 16, parentID.count == 8, traceID.contains(where: { $0 != 0 }),
      parentID.contains(where: { $0 != 0 })
    else { return nil }
    self.traceID = traceID
    self.parentID = parentID
    self.flags = flags
  }

  private init(trace: [UInt8], parent: [UInt8], flags: UInt8) {
    traceID = trace
    parentID = parent
    self.flags = flags
  }

  /// The same trace, one step further.
  public func child() -> TraceContext { TraceContext(trace: traceID, parent: Self.random(8), flags: flags) }

  /// The header's text, such as "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
  public var traceparent: String {
    "00-\(Hexadecimal.text(traceID))-\(Hexadecimal.text(parentID))-\(Hexadecimal.text([flags]))"
  }

  private static func random(_ count: Int) -> [UInt8] {
    var source = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    // Eight at a time: each draw is a system call.
    while bytes.count < count { withUnsafeBytes(of: source.next()) { bytes += $0.prefix(count - bytes.count) } }
    // All zero is reserved for "none"; the odds are 2⁻⁶⁴, the cost of ruling it out is one instruction.
    bytes[count - 1] |= bytes.allSatisfy { $0 == 0 } ? 1 : 0
    return bytes
  }
}

extension TraceContext: CustomStringConvertible {
  public var description: String { traceparent }
}

extension TraceContext: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let context = TraceContext(traceparent: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a traceparent")
    }
    self = context
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(traceparent)
  }
}
