import Foundation

/// One reply of the server (RFC 5321 §4.2): a code and its lines of text.
package struct Reply: Sendable, Equatable {
  /// 200 to 599; the first digit says how it went.
  package let code: Int
  package let lines: [String]

  package init(_ code: Int, _ lines: [String]) {
    self.code = code
    self.lines = lines
  }

  package var isPositive: Bool { code / 100 == 2 }
  package var isPermanent: Bool { code / 100 == 5 }

  /// One printable line: the text is not trusted.
  var text: String {
    var text = String.UnicodeScalarView()
    for scalar in "\(code) \(lines.joined(separator: " "))".unicodeScalars {
      text.append(scalar.properties.generalCategory == .control || scalar == "\u{FFFD}" ? " " : scalar)
    }
    return String(text).trimmingCharacters(in: .whitespaces)
  }
}

/// Parses bytes into replies, strictly: three digits, the same on every line, CRLF, bounded.
package struct ReplyParser: Sendable {
  package enum Fault: Error, Equatable {
    case notAReply
    case tooLong
  }

  private var bytes: ArraySlice<UInt8> = []
  private var code: Int?
  private var lines: [String] = []

  package init() {}

  /// Whether every byte that has arrived was used up by a reply.
  package var isEmpty: Bool { bytes.isEmpty && code == nil }

  package mutating func append(_ more: [UInt8]) { bytes += more }

  /// The next whole reply; nil until more bytes arrive.
  package mutating func next() throws(Fault) -> Reply? {
    while let end = bytes.firstIndex(of: 10) {
      let line = bytes[bytes.startIndex..<end]
      guard line.count <= Limits.replyLine, lines.count < Limits.replyLines else { throw .tooLong }
      guard line.last == 13 else { throw .notAReply }
      bytes = bytes[(end + 1)...]
      if let reply = try take(line.dropLast()) { return reply }
    }
    guard bytes.count <= Limits.replyLine else { throw .tooLong }
    return nil
  }

  private mutating func take(_ line: ArraySlice<UInt8>) throws(Fault) -> Reply? {
    let digits = line.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (48...57).contains($0) }), let first = digits.first,
      (50...53).contains(first), !line.contains(13)
    else { throw .notAReply }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    guard code == nil || code == number else { throw .notAReply }
    let separator = line.dropFirst(3).first
    guard separator == nil || separator == 32 || separator == 45 else { throw .notAReply }
    lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
    guard separator != 45 else {
      code = number
      return nil
    }
    defer { (code, lines) = (nil, []) }
    return Reply(number, lines)
  }
}
