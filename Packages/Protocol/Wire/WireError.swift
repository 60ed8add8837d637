/// Why a value cannot be encoded, or bytes cannot be decoded. It names keys and types, never values: those may be
/// secret.
public struct WireError: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The bytes end inside a value, or a length exceeds what is there.
    case truncated
    case trailingBytes
    case invalidUTF8
    /// A text with more bytes than its message allows.
    case textTooLong(Int)
    case duplicateKey
    /// Keys are not in ascending order of their bytes.
    case unsortedKeys
    case keyIsNotAString
    case tooDeep
    case tooManyValues
    case tooLarge
    /// A type byte that is reserved or of the extension family.
    case unusedType(UInt8)
    case mismatch(expected: String, found: String)
    /// An integer that the named type cannot hold, or a date beyond 64 bits of microseconds.
    case overflow(of: String)
    case missing(key: String)
    /// Something the named type does not allow, such as an unknown case of an enum.
    case invalidValue(of: String)
    /// A type that does not exist on the wire, with the reason.
    case unsupported(String)
    /// A container was written to after it ended, or a value did not encode itself exactly once.
    case disorder
  }

  public let reason: Reason
  /// The keys and indexes that lead there, such as "clients[2].name", or a byte's position.
  public let location: String

  init(_ reason: Reason, at location: String) {
    self.reason = reason
    self.location = location
  }

  /// The place that a Swift decoding error names, which is all of it that may be shown.
  static func path(of error: DecodingError) -> String {
    let context: DecodingError.Context? =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    return path(context?.codingPath ?? [])
  }

  static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }
}

extension WireError: CustomStringConvertible {
  public var description: String { location.isEmpty ? sentence : "\(sentence), at \(location)" }

  private var sentence: String {
    switch reason {
    case .truncated: "the bytes end too early"
    case .trailingBytes: "bytes follow the value"
    case .invalidUTF8: "a text is not UTF-8"
    case .textTooLong(let limit): "a text is longer than \(limit) bytes"
    case .duplicateKey: "a key occurs twice"
    case .unsortedKeys: "keys are out of order"
    case .keyIsNotAString: "a key is not a string"
    case .tooDeep: "nested deeper than \(MessagePack.maximumDepth)"
    case .tooManyValues: "more than \(MessagePack.maximumValues) values"
    case .tooLarge: "larger than \(MessagePack.maximumBytes) bytes"
    case .unusedType(let byte): "type byte \(byte) is not used"
    case .mismatch(let expected, let found): "\(found) where \(expected) belongs"
    case .overflow(let type): "a number that \(type) cannot hold"
    case .missing(let key): "\(key) is missing"
    case .invalidValue(let type): "not a value of \(type)"
    case .unsupported(let reason): reason
    case .disorder: "a value was not written exactly once"
    }
  }
}
