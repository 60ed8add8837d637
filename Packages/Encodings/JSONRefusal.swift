/// Why a JSON text was refused, and where.
public struct JSONRefusal: Error, Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    case tooLarge
    case invalidUTF8
    case tooDeep
    case tooManyValues
    case nameTooLong(limit: Int)
    /// RFC 8259 §4 leaves open which of two members counts; two readers that choose differently allow an attack.
    case duplicateMember(String)
    case numberOutOfRange
    case endsEarly
    case trailingText
    case valueExpected
    case nameExpected
    case colonExpected
    case commaOrBraceExpected
    case commaOrBracketExpected
    case digitExpected
    case stringWithoutEnd
    case controlCharacter
    case unknownEscape
    case hexadecimalExpected
    /// A lone surrogate is not a character: there is nothing to decode it to.
    case loneSurrogate
  }

  public let reason: Reason
  /// Counted from 1; the column in bytes.
  public let line: Int
  public let column: Int
  /// The value that contains it, such as `callbackURLs[1]`; empty at the top.
  public private(set) var field = ""

  init(_ reason: Reason, after text: some Collection<UInt8>) {
    self.reason = reason
    (line, column) = text.withBytes { text in
      let lineStart = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      return (text.count { $0 == UInt8(ascii: "\n") } + 1, text.count - lineStart + 1)
    }
  }

  /// The same, seen from the enclosing object or array.
  func inside(member name: String) -> JSONRefusal { inside(name.prefix(utf8: 64)) }
  func inside(element index: Int) -> JSONRefusal { inside("[\(index)]") }

  private func inside(_ place: String) -> JSONRefusal {
    var refusal = self
    refusal.field = place + (field.isEmpty || field.utf8.first == UInt8(ascii: "[") ? "" : ".") + field
    return refusal
  }

  /// One sentence for the author of the text.
  public var sentence: String {
    "The JSON is not well-formed at line \(line), column \(column)"
      + (field.isEmpty ? "" : ", in \(field)") + ": \(expectation)."
  }

  private var expectation: String {
    switch reason {
    case .tooLarge: "it is too long"
    case .invalidUTF8: "the text is not UTF-8"
    case .tooDeep: "it is nested too deeply"
    case .tooManyValues: "it has too many values"
    case .nameTooLong(let limit): "a name of at most \(limit) bytes was expected"
    case .duplicateMember(let name): "the name \"\(name.prefix(utf8: 64))\" stands twice"
    case .numberOutOfRange: "the number is too large"
    case .endsEarly: "it ends too early"
    case .trailingText: "something follows the value"
    case .valueExpected: "a value was expected"
    case .nameExpected: "a member's name in quotes was expected"
    case .colonExpected: "a colon was expected"
    case .commaOrBraceExpected: "a comma or } was expected"
    case .commaOrBracketExpected: "a comma or ] was expected"
    case .digitExpected: "a digit was expected"
    case .stringWithoutEnd: "a string does not end"
    case .controlCharacter: "a control character stands in a string"
    case .unknownEscape: "an unknown escape stands in a string"
    case .hexadecimalExpected: "four hexadecimal digits were expected"
    case .loneSurrogate: "half of a character"
    }
  }
}

extension String {
  /// The beginning of it, in at most so many bytes: whole code points.
  fileprivate func prefix(utf8 limit: Int) -> String {
    var length = 0
    return String(
      String.UnicodeScalarView(
        unicodeScalars.prefix { scalar in
          length += UTF8.width(scalar)
          return length <= limit
        }))
  }
}
