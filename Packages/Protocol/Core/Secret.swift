import Encodings

/// A text that must never be printed: a token, a key, a cookie.
///
/// It prints as `<redacted>` however it is printed, encodes as its plain text, and compares in a time that depends on
/// the lengths only.
public struct Secret: Sendable {
  /// The secret itself. The name is meant to stand out in reviews.
  public let exposed: String

  public init(_ exposed: String) { self.exposed = exposed }

  public var isEmpty: Bool { exposed.isEmpty }
}

extension Secret: Equatable {
  public static func == (one: Secret, other: Secret) -> Bool {
    ConstantTime.equal(one.exposed.utf8, other.exposed.utf8)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Codable {
  public init(from decoder: any Decoder) throws {
    exposed = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(exposed)
  }
}
