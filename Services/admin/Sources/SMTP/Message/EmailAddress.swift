/// An address that may stand as is in an SMTP command and in a header (RFC 5321 §4.1.2, RFC 6531 §3.3): a dot-string,
/// an `@`, a host name. Quoted local parts and address literals are refused: no one who signs in has one.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
  public let localPart: String
  public let domain: String

  /// Nil if the text is not such an address. White space, control characters, angle brackets and anything else that
  /// could end a command or a header are refused, so that an address cannot inject anything.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else { return nil }
    localPart = String(parts[0])
    domain = String(parts[1])
  }

  public var description: String { "\(localPart)@\(domain)" }

  /// Whether only servers with SMTPUTF8 (RFC 6531) accept it.
  public var needsUTF8: Bool { !description.utf8.allSatisfy { $0 < 0x80 } }

  private static func isLocalPart(_ text: Substring) -> Bool {
    (1...Limits.localPart).contains(text.utf8.count)
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
        !atom.isEmpty && atom.unicodeScalars.allSatisfy(isAtomText)
      }
  }

  private static func isDomain(_ text: Substring) -> Bool {
    (1...Limits.domain).contains(text.utf8.count)
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.unicodeScalars.allSatisfy { $0.isASCII ? isLetterOrDigit($0) || $0 == "-" : isPrintable($0) }
      }
  }

  private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? isLetterOrDigit(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar) : isPrintable(scalar)
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  /// Beyond ASCII: no separators, controls or invisible marks.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .unassigned,
      .privateUse:
      false
    default: true
    }
  }
}
