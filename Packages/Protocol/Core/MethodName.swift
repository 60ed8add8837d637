/// The name of a method on the wire: service, name and version, written "service.name/version".
///
/// Service and name are ASCII letters and digits that begin with a letter; the version is a number from 1 to 999; the
/// whole is at most 64 bytes long.
public struct MethodName: Hashable, Sendable {
  /// The whole name, such as "oidc.exchangeToken/1".
  public let text: String

  /// The most bytes that a name has: a router's look-up must never have to hash megabytes.
  public static let maximumLength = 64

  /// Reads a name that came from outside; nil if it is not of the form.
  public init?(_ text: String) {
    guard Self.isWellFormed(text) else { return nil }
    self.text = text
  }

  /// The service that answers: "oidc" in "oidc.exchangeToken/1".
  public var service: String { String(text.prefix { $0 != "." }) }

  /// The method's name without service and version: "exchangeToken" in "oidc.exchangeToken/1".
  public var name: String { String(text.drop { $0 != "." }.dropFirst().prefix { $0 != "/" }) }

  /// The version: 1 in "oidc.exchangeToken/1".
  public var version: Int { Int(text.drop { $0 != "/" }.dropFirst()) ?? 0 }

  static func isWellFormed(_ text: String) -> Bool {
    guard text.utf8.count <= maximumLength else { return false }
    let halves = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard halves.count == 2, let path = halves.first, let version = halves.last else { return false }
    let words = path.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard words.count == 2, words.allSatisfy(isWord) else { return false }
    return (1...3).contains(version.count) && version.first != UInt8(ascii: "0") && version.allSatisfy(isDigit)
  }

  private static func isWord(_ word: Substring.UTF8View) -> Bool {
    guard let first = word.first, isLetter(first) else { return false }
    return word.allSatisfy { isLetter($0) || isDigit($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension MethodName: ExpressibleByStringLiteral {
  /// A name written in source. A malformed one is a programming error and stops the program when it is first used,
  /// which every message's golden-file test does.
  public init(stringLiteral text: StaticString) {
    let text = text.description
    precondition(Self.isWellFormed(text), "\(text) is not of the form service.name/version")
    self.text = text
  }
}

extension MethodName: CustomStringConvertible {
  public var description: String { text }
}

extension MethodName: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let name = MethodName(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not of the form service.name/version")
    }
    self = name
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
