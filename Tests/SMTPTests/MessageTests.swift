import Foundation
import SMTP
import Testing
import TestKit

@Suite("how a mail is written") struct MessageTests {
  @Test("headers and both parts come out as they went in")
  func wholeMail() throws {
    let read = ReadMail(try mail(subject: "Your code", text: "Ada,\n\n.code = 1\n", html: "<p>登录</p>").bytes)
    #expect(
      read.headers.map(\.name) == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
      ])
    #expect(read.header("From") == "\"Latchkey\" <id@example.org>")
    #expect(read.header("To") == "<ada@example.com>")
    #expect(read.header("Subject") == "Your code")
    #expect(read.header("Date") == "Thu, 01 Jan 2026 00:00:00 +0000")
    #expect(read.header("Message-ID") == "<01020304-0506-0708-090a-0b0c0d0e0f10@example.org>")
    #expect(read.header("Auto-Submitted") == "auto-generated")
    #expect(read.parts.map(\.type) == ["text/plain; charset=utf-8", "text/html; charset=utf-8"])
    #expect(read.parts.map(\.text) == ["Ada,\r\n\r\n.code = 1\r\n", "<p>登录</p>"])
  }

  @Test("a subject cannot add a header", arguments: ["\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\0"])
  func injection(lineBreak: String) throws {
    let evil = "Hi\(lineBreak)Bcc: eve@example.com"
    let read = ReadMail(try mail(subject: evil, name: evil).bytes)
    #expect(read.header("Bcc") == "")
    let subject = ReadMail.decoded(read.header("Subject"))
    #expect(subject.split(separator: " ").joined(separator: " ") == "Hi Bcc: eve@example.com")
    #expect(read.headers.count == 8)
  }

  @Test("text beyond ASCII, long text and what looks encoded travel as encoded words")
  func encodedWords() throws {
    for subject in ["你的登录代码", String(repeating: "long ", count: 60) + "end", "=?utf-8?Q?a?=", "Zoë's 👩‍👧"] {
      let read = ReadMail(try mail(subject: subject).bytes)
      #expect(read.header("Subject").hasPrefix("=?utf-8?B?"))
      #expect(ReadMail.decoded(read.header("Subject")) == subject)
    }
  }

  @Test("a sender's name with quotes stays one name")
  func quotedName() throws {
    let read = ReadMail(try mail(name: #"A "b" \c"#).bytes)
    #expect(read.header("From") == #""A \"b\" \\c" <id@example.org>"#)
  }

  @Test("any text survives, in lines of bounded ASCII")
  func fuzz() throws {
    var dice = SplitMix(seed: 1)
    for round in 0..<400 {
      let (subject, text, html) = (dice.text(round % 40), dice.text(round), dice.text(round % 90))
      let bytes = try mail(subject: subject, name: subject, text: text, html: html).bytes
      #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.utf8.contains(13) && !$0.utf8.contains(10) })
      let read = ReadMail(bytes)
      #expect(read.headers.count == 8)
      #expect(read.parts.map(\.text) == [canonical(text), canonical(html)])
    }
  }

  private func canonical(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": scalars += "\r\n".unicodeScalars
      case "\n": if previous != "\r" { scalars += "\r\n".unicodeScalars }
      default: scalars.append(scalar)
      }
      previous = scalar
    }
    return String(scalars)
  }

  @Test(
    "an address is taken",
    arguments: ["ada@example.com", "a.b+c@mail.example.org", "o'neil@localhost", "用户@例子.中国"])
  func goodAddress(text: String) {
    #expect(EmailAddress(text)?.description == text)
    #expect(EmailAddress(text)?.needsUTF8 == !text.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(
    "what could end a command or a header is no address",
    arguments: [
      "", "@", "ada", "ada@", "@example.com", "a@b@c", "a b@example.com", "a@exa mple.com", "a@example.com\r\nDATA",
      "<a@example.com>", "a\n@example.com", "a@example..com", ".a@example.com", "a@-example.com", "\"a\"@example.com",
      "a@[127.0.0.1]", "a@example.com> SIZE=1", "a\u{200B}@example.com", "a@exa\u{2028}mple.com",
      String(repeating: "a", count: 65) + "@example.com",
    ])
  func badAddress(text: String) {
    #expect(EmailAddress(text) == nil)
  }

  @Test("a date is in English and UTC")
  func date() {
    #expect(MailDate.text(Date(timeIntervalSince1970: 1_795_319_426)) == "Sun, 22 Nov 2026 03:50:26 +0000")
  }
}
