/// One unit of a connection: a length, a type, a correlation, and a body.
///
/// On the wire: 4 bytes length of what follows (big endian), 1 byte type, 4 bytes correlation (big endian), the body.
package struct Frame: Equatable, Sendable {
  package enum Kind: UInt8, Sendable {
    /// Repeats inside TLS what was agreed on in clear (`Hello`).
    case hello = 1
    /// A request (`RequestFrame`). Its correlation is unique among the connection's unanswered ones.
    case request = 2
    /// The answer's payload, with the request's correlation.
    case reply = 3
    /// A `ServiceFailure`, with the request's correlation.
    case failure = 4
    /// The sender takes no further requests and says why; those in flight will be answered.
    case goAway = 5
    /// Asks for a pong: whether the other side is still there.
    case ping = 6
    case pong = 7
  }

  /// The largest allowed length: 1 MiB. The largest single message is a page of a list or one chunk of a file; anything
  /// larger travels in chunks, so that one connection's buffers stay bounded.
  package static let maximumLength = 1_048_576

  /// Length, type and correlation.
  package static let headerLength = 9

  package var kind: Kind
  package var correlation: UInt32
  package var body: [UInt8]

  package init(_ kind: Kind, correlation: UInt32 = 0, body: [UInt8] = []) {
    self.kind = kind
    self.correlation = correlation
    self.body = body
  }

  /// Whether a body of this length fits into a frame.
  package static func fits(_ bodyLength: Int) -> Bool { bodyLength <= maximumLength - (headerLength - 4) }

  /// The frame's bytes. The body must fit.
  package var bytes: [UInt8] {
    var bytes = Self.header(kind)
    bytes += body
    Self.fillLength(of: &bytes)
    Self.fillCorrelation(correlation, of: &bytes)
    return bytes
  }

  /// Room for length and correlation, and the type between them.
  static func header(_ kind: Kind) -> [UInt8] { [0, 0, 0, 0, kind.rawValue, 0, 0, 0, 0] }

  static func fillLength(of bytes: inout [UInt8]) { ByteOrder.put(UInt32(bytes.count - 4), into: &bytes, at: 0) }

  static func fillCorrelation(_ correlation: UInt32, of bytes: inout [UInt8]) {
    ByteOrder.put(correlation, into: &bytes, at: 5)
  }
}

/// Why a connection's bytes cannot be read any further: the fault ends the connection.
package enum FrameFault: Error, Equatable, Sendable, CustomStringConvertible {
  case tooLong(Int)
  case tooShort(Int)
  case unknownKind(UInt8)
  case unexpected(Frame.Kind)

  package var description: String {
    switch self {
    case .tooLong(let length): "a frame of \(length) bytes, more than \(Frame.maximumLength)"
    case .tooShort(let length): "a frame of \(length) bytes, less than its header"
    case .unknownKind(let kind): "a frame of unknown type \(kind)"
    case .unexpected(let kind): "a \(kind) frame where none belongs"
    }
  }
}
