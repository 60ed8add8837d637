public import Foundation

/// One mail to one reader, in words: the same content as plain text and as HTML.
public struct OutgoingMail: Sendable {
  /// The left side of the Message-ID: the same at every attempt, so that a server that got the mail twice can tell.
  public let id: UUID
  public let date: Date
  public let from: EmailAddress
  /// Shown beside the sender's address.
  public let fromName: String
  public let to: EmailAddress
  public let subject: String
  public let text: String
  public let html: String

  public init(
    id: UUID, date: Date, from: EmailAddress, fromName: String, to: EmailAddress, subject: String, text: String,
    html: String
  ) {
    self.id = id
    self.date = date
    self.from = from
    self.fromName = fromName
    self.to = to
    self.subject = subject
    self.text = text
    self.html = html
  }

  /// The mail as it is sent (RFC 5322, multipart/alternative of RFC 2046 §5.1.4): lines of at most 78 octets that end
  /// with CRLF, ASCII except for an address that is not.
  public var bytes: [UInt8] {
    // "=_" occurs in neither quoted-printable nor base64 (RFC 2045 §6.7), so no part can contain the boundary.
    let boundary = "=_\(id.uuidString.lowercased())"
    var lines = [
      Header.mailbox("From", name: fromName, address: from),
      Header.mailbox("To", name: "", address: to),
      Header.text("Subject", subject),
      "Date: \(MailDate.text(date))",
      "Message-ID: <\(id.uuidString.lowercased())@\(from.domain)>",
      // RFC 3834 §5: vacation responders do not answer this.
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
      "",
    ]
    for (type, content) in [("plain", text), ("html", html)] {
      let part = BodyPart(content)
      lines += [
        "--\(boundary)",
        "Content-Type: text/\(type); charset=utf-8",
        "Content-Transfer-Encoding: \(part.encoding.rawValue)",
        "",
      ]
      lines += part.lines
    }
    lines += ["--\(boundary)--", ""]
    return Array(lines.joined(separator: "\r\n").utf8)
  }
}
