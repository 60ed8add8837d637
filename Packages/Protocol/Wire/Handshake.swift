/// What two programs exchange before the first request.
///
/// In clear: the client's magic and the range of wire versions it speaks, then the server's choice or its reason for
/// none. Then TLS with the peer's key. Then, inside it, both repeat what they sent in clear, so that no one in between
/// can have changed it.
package enum Handshake {
  package static let magic = [UInt8]("LATCHKEY".utf8)

  /// The wire versions that this build speaks.
  package static let versions: ClosedRange<UInt8> = 1...1

  /// Magic, lowest version, highest version.
  package static let offerLength = 10

  package static func offer(_ versions: ClosedRange<UInt8>) -> [UInt8] {
    magic + [versions.lowerBound, versions.upperBound]
  }

  /// The range that a client offers; nil if it is not one of our clients.
  package static func versions(inOffer bytes: [UInt8]) -> ClosedRange<UInt8>? {
    guard bytes.count == offerLength, bytes.starts(with: magic), bytes[8] > 0, bytes[8] <= bytes[9] else { return nil }
    return bytes[8]...bytes[9]
  }

  /// The highest version that both speak.
  package static func choose(_ one: ClosedRange<UInt8>, _ other: ClosedRange<UInt8>) -> UInt8? {
    one.overlaps(other) ? min(one.upperBound, other.upperBound) : nil
  }

  package enum Answer: Equatable, Sendable {
    case chosen(UInt8)
    case refused(String)
  }

  /// Magic, the chosen version or 0, the length of the reason, the reason (255 bytes at most).
  package static func bytes(of answer: Answer) -> [UInt8] {
    switch answer {
    case .chosen(let version): return magic + [version, 0]
    case .refused(let reason):
      let text = [UInt8](reason.utf8.prefix(255))
      return magic + [0, UInt8(text.count)] + text
    }
  }

  package enum Progress: Equatable, Sendable {
    case more
    case answered(Answer, length: Int)
    case notOurs
  }

  /// Reads the server's answer from what has arrived so far.
  package static func answer(_ bytes: [UInt8]) -> Progress {
    guard magic.starts(with: bytes.prefix(8)) else { return .notOurs }
    guard bytes.count >= 10 else { return .more }
    let end = 10 + Int(bytes[9])
    guard bytes.count >= end else { return .more }
    guard bytes[8] == 0 else { return .answered(.chosen(bytes[8]), length: end) }
    return .answered(.refused(String(decoding: bytes[10..<end], as: UTF8.self)), length: end)
  }
}

/// The first frame of each side inside TLS.
package struct Hello: Codable, Equatable, Sendable {
  /// What the client offered in clear.
  package var lowest: UInt8
  package var highest: UInt8
  /// What the server chose in clear.
  package var chosen: UInt8
  /// The service that the client means to reach, or that the server is.
  package var service: String

  package init(offered: ClosedRange<UInt8>, chosen: UInt8, service: String) {
    lowest = offered.lowerBound
    highest = offered.upperBound
    self.chosen = chosen
    self.service = service
  }

  package var frame: Frame {
    get throws(WireError) { Frame(.hello, body: try MessagePack.encode(self)) }
  }
}
