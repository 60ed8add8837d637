import Foundation
import LatchkeyProtocol
import SMTP
import TestKit

extension SplitMix {
  /// Text with everything that could break a mail in it.
  mutating func text(_ length: Int) -> String {
    let pieces = [
      "a", "Z", " ", "  ", "\t", ".", "\r\n", "\n", "\r", "=", "=?", "?=", "\"", "\\", "<", ">", "ü", "登录", "👩‍👧",
      "\u{0}",
      "\u{2028}", "\u{7F}", "From ", ":", "--=_",
    ]
    return (0..<length).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &self)] }.joined()
  }
}

func address(_ text: String) throws -> EmailAddress {
  struct NotAnAddress: Error {}
  guard let address = EmailAddress(text) else { throw NotAnAddress() }
  return address
}

func mail(subject: String = "Hello", name: String = "Latchkey", text: String = "Hi", html: String = "<p>Hi</p>") throws
  -> OutgoingMail
{
  OutgoingMail(
    id: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
    date: Date(timeIntervalSince1970: 1_767_225_600), from: try address("id@example.org"), fromName: name,
    to: try address("ada@example.com"), subject: subject, text: text, html: html)
}

/// A mail as a reader's program takes it apart: written from the RFCs, without looking at what wrote it.
struct ReadMail {
  var headers: [(name: String, value: String)] = []
  var parts: [(type: String, text: String)] = []

  init(_ bytes: [UInt8]) {
    let (head, body) = Self.split(String(decoding: bytes, as: UTF8.self))
    headers = Self.headers(head)
    let marker = header("Content-Type").firstRange(of: "boundary=\"").map {
      header("Content-Type")[$0.upperBound...].dropLast()
    }
    for piece in Self.pieces(body, "--" + (marker ?? "?")) {
      let (head, body) = Self.split(piece)
      let fields = Self.headers(head)
      let encoding = fields.first { $0.name == "Content-Transfer-Encoding" }?.value
      let type = fields.first { $0.name == "Content-Type" }?.value ?? ""
      parts.append((type, encoding == "base64" ? Self.base64(body) : Self.quotedPrintable(body)))
    }
  }

  func header(_ name: String) -> String { headers.first { $0.name == name }?.value ?? "" }

  /// RFC 2047 §6.2: white space between encoded words does not count.
  static func decoded(_ value: String) -> String {
    var bytes: [UInt8] = []
    for word in value.split(separator: " ") where word.hasPrefix("=?utf-8?B?") {
      bytes += Data(base64Encoded: String(word.dropFirst(10).dropLast(2))) ?? Data()
    }
    return bytes.isEmpty ? value : String(decoding: bytes, as: UTF8.self)
  }

  private static func split(_ text: String) -> (String, String) {
    guard let gap = text.firstRange(of: "\r\n\r\n") else { return (text, "") }
    return (String(text[..<gap.lowerBound]), String(text[gap.upperBound...]))
  }

  private static func headers(_ text: String) -> [(name: String, value: String)] {
    text.replacing("\r\n ", with: " ").split(separator: "\r\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts.count < 2 ? "" : String(parts[1]).trimmingCharacters(in: .whitespaces))
    }
  }

  private static func pieces(_ body: String, _ marker: String) -> [String] {
    var pieces: [[Substring]] = []
    for line in body.split(separator: "\r\n", omittingEmptySubsequences: false) {
      if line == marker {
        pieces.append([])
      } else if line == marker + "--" {
        break
      } else if !pieces.isEmpty {
        pieces[pieces.count - 1].append(line)
      }
    }
    return pieces.map { $0.joined(separator: "\r\n") }
  }

  private static func base64(_ text: String) -> String {
    String(decoding: Data(base64Encoded: text.replacing("\r\n", with: "")) ?? Data(), as: UTF8.self)
  }

  private static func quotedPrintable(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.replacing("=\r\n", with: "").utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 61 {
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
