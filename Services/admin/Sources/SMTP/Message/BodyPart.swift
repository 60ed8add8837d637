import Encodings
import Foundation

/// One part's text in lines of at most 76 ASCII characters (RFC 2045 §6), in the encoding that suits it:
/// quoted-printable stays readable for Latin text, base64 is half as long for Chinese.
package struct BodyPart {
  package enum Encoding: String, Sendable {
    case quotedPrintable = "quoted-printable"
    case base64
  }

  package let encoding: Encoding
  package let lines: [String]

  /// Line breaks of every kind become CRLF, as MIME requires of text (RFC 2046 §4.1.1).
  package init(_ text: String) {
    // Scalar by scalar: "\r\n" is one Character in Swift.
    var lines: [[UInt8]] = [[]]
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case 13: lines.append([])
      case 10: if previous != 13 { lines.append([]) }
      default: lines[lines.count - 1].append(byte)
      }
      previous = byte
    }
    let foreign = text.utf8.count { $0 >= 0x80 }
    encoding = foreign * 4 > text.utf8.count ? .base64 : .quotedPrintable
    switch encoding {
    case .quotedPrintable: self.lines = lines.flatMap(Self.quotedPrintable)
    case .base64: self.lines = Self.base64(Array(lines.joined(separator: [13, 10])))
    }
  }

  private static func base64(_ bytes: [UInt8]) -> [String] {
    let characters = Array(Data(bytes).base64EncodedString().utf8)
    return stride(from: 0, to: characters.count, by: Limits.bodyLine).map { start in
      String(decoding: characters[start..<min(start + Limits.bodyLine, characters.count)], as: UTF8.self)
    }
  }

  /// One line of text as one line or, with soft breaks, several.
  private static func quotedPrintable(_ line: [UInt8]) -> [String] {
    var lines: [String] = []
    var current = ""
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      let token: String
      switch byte {
      // RFC 2045 §6.7, rule 3: white space at the end of a line does not survive every server.
      case 0x20, 0x09: token = isLast ? hexadecimal(byte) : String(UnicodeScalar(byte))
      case 0x21...0x3C, 0x3E...0x7E: token = String(UnicodeScalar(byte))
      default: token = hexadecimal(byte)
      }
      if current.utf8.count + token.utf8.count > Limits.bodyLine - 1 {
        lines.append(current + "=")
        current = ""
      }
      current += token
    }
    return lines + [current]
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = [Hexadecimal.capitalDigit(byte >> 4), Hexadecimal.capitalDigit(byte & 15)]
    return "=" + String(decoding: digits, as: UTF8.self)
  }
}
