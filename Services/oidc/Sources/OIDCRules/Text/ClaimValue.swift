public import Foundation

/// A JSON value as tokens, discovery and userinfo carry it. Numbers keep the difference between whole and fractional,
/// since `exp` printed as `1.7e9` breaks relying parties.
public indirect enum ClaimValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Always finite.
  case number(Double)
  case string(String)
  case array([ClaimValue])
  case object([String: ClaimValue])

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  public var array: [ClaimValue]? { if case .array(let value) = self { value } else { nil } }
  public var object: [String: ClaimValue]? { if case .object(let value) = self { value } else { nil } }

  /// The value as a list of strings: an array of strings, or one string (`aud`, RFC 7519 §4.1.3). Nil for all else.
  public var strings: [String]? {
    switch self {
    case .string(let value): return [value]
    case .array(let values):
      let strings = values.compactMap(\.string)
      return strings.count == values.count ? strings : nil
    default: return nil
    }
  }
}

extension ClaimValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(arrayLiteral elements: ClaimValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, ClaimValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension ClaimValue {
  /// A list of strings.
  public init(_ strings: [String]) { self = .array(strings.map(ClaimValue.string)) }

  /// Whole seconds since 1970 (NumericDate, RFC 7519 §2), rounded down: a time is never stated later than it was.
  public init(secondsOf date: Date) { self = .integer(Int64(date.timeIntervalSince1970.rounded(.down))) }

  /// The JSON text: members sorted by name, no white space. The same value is always the same bytes.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }

  /// The same as a String.
  public var jsonText: String { String(decoding: json, as: UTF8.self) }
}
