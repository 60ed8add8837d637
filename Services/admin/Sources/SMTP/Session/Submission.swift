public import LatchkeyProtocol

/// How the connection to the server is protected (`SMTP_TLS`).
public enum Protection: String, Sendable, CaseIterable {
  /// Clear text, credentials too: for a server on the same machine.
  case none
  /// Clear text until STARTTLS (RFC 3207), which must be offered.
  case startTLS = "starttls"
  /// TLS from the first byte (RFC 8314 §3.3).
  case implicit = "tls"

  /// The usual port: 25, 587 (RFC 6409), 465 (RFC 8314).
  public var usualPort: Int {
    switch self {
    case .none: 25
    case .startTLS: 587
    case .implicit: 465
    }
  }
}

/// Who we are to the server.
public struct Credentials: Sendable {
  public let user: String
  public let password: Secret

  /// Nil if one of them holds a NUL, which AUTH PLAIN (RFC 4616 §2) uses as its separator.
  public init?(user: String, password: Secret) {
    guard !user.utf8.contains(0), !password.exposed.utf8.contains(0) else { return nil }
    self.user = user
    self.password = password
  }
}

/// One mail on its way: envelope and bytes.
package struct Submission: Sendable {
  package let from: EmailAddress
  package let to: EmailAddress
  /// With CRLF line ends; dots are doubled when it is sent.
  package let content: [UInt8]

  package init(from: EmailAddress, to: EmailAddress, content: [UInt8]) {
    self.from = from
    self.to = to
    self.content = content
  }

  package var needsUTF8: Bool { from.needsUTF8 || to.needsUTF8 }

  /// The content as DATA sends it: a dot that starts a line is doubled (RFC 5321 §4.5.2), lone CR and LF become CRLF (a
  /// lone LF before a dot would be the end of the mail to some servers and not to others), and the final dot follows.
  package var dataBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(content.count + 64)
    var isLineStart = true
    var previous: UInt8 = 0
    for byte in content {
      switch byte {
      case 13: bytes += [13, 10]
      case 10: if previous != 13 { bytes += [13, 10] }
      default:
        if isLineStart, byte == 46 { bytes.append(46) }
        bytes.append(byte)
      }
      isLineStart = byte == 13 || byte == 10
      previous = byte
    }
    if !isLineStart { bytes += [13, 10] }
    return bytes + [46, 13, 10]
  }
}
