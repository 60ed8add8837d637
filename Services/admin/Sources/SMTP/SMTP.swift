// SMTP: mail as bytes, and its way to one server.
//
// Owns: how a mail is written (RFC 5322, MIME), the conversation that hands it over (RFC 5321, STARTTLS, AUTH), and
// what came of it. Message/ and Session/ are pure; Client/ is the only place with a socket. Must not know: what a mail
// is about, who gets one, the database, retries.

/// Numbers of this library, each with its reason.
package enum Limits {
  /// Octets of one reply line. RFC 5321 §4.5.3.1.5 has 512; servers with long greetings exceed it.
  package static let replyLine = 2048
  /// Lines of one reply: EHLO answers have one per extension, about twenty.
  package static let replyLines = 128
  /// Characters of a reply that are kept for display.
  static let shownReply = 300
  /// The shortest password, in characters, that does not occur in the server's words by chance.
  static let passwordInWords = 4
  /// RFC 5322 §2.1.1: the length that lines should not exceed.
  static let headerLine = 78
  /// RFC 2047 §2: the length of one encoded word.
  static let encodedWord = 75
  /// RFC 2045 §6.7, §6.8: the length of an encoded body line.
  static let bodyLine = 76
  /// RFC 5321 §4.5.3.1.1 and §4.5.3.1.2.
  static let localPart = 64
  static let domain = 255
}
