/// A JSON value (RFC 8259). Whole numbers that fit 64 bits stay whole: `exp` printed as `1.7e9` breaks relying parties.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  public var isNull: Bool { self == .null }
  public var isObject: Bool { if case .object = self { true } else { false } }
  /// The text, if this is a string.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The boolean, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The whole number, if this is one and it fits.
  public var integer: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The members, if this is an object.
  public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

  /// The member whose name has exactly these bytes, if this is an object that has it.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self, let found = members.index(forKey: name),
      members[found].key.isExactly(name)
    else { return nil }
    return members[found].value
  }

  /// A list of strings: an array of strings, or one string (`aud`, RFC 7519 §4.1.3). Nil for all else.
  public var strings: [String]? {
    switch self {
    case .string(let value): return [value]
    case .array(let values):
      let strings = values.compactMap(\.string)
      return strings.count == values.count ? strings : nil
    default: return nil
    }
  }

  /// A list of strings.
  public init(_ strings: [String]) { self = .array(strings.map(JSONValue.string)) }
}

// No literal for null: `nil` stays "no value", and is never read as JSON's null by chance.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// The last of two equal names wins.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(Dictionary(members, uniquingKeysWith: { _, last in last }))
  }
}
