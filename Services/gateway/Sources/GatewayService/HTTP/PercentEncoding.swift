package import LatchkeyProtocol

/// Percent-encoding, read strictly: a stray `%`, or bytes that are not UTF-8, are an error and never a guess.
package enum PercentEncoding {
  /// - Parameter plusIsSpace: in forms and queries, but not in paths.
  /// - Returns: nil where the text is not well-formed.
  package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    decode(text.utf8, plusIsSpace: plusIsSpace)
  }

  static func decode(_ source: some Sequence<UInt8>, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var iterator = source.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(value), let low = iterator.next().flatMap(value) else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes everything but RFC 3986's unreserved characters.
  package static func encode(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
    default: nil
    }
  }
}

/// Queries and forms (`application/x-www-form-urlencoded`), order and duplicates kept. A zero byte is refused: no text that
/// a database keeps can hold one.
package enum Form {
  package enum Problem: Error, Equatable, Sendable {
    case tooManyFields
    case nameTooLong
    /// The name of the field whose value cannot be read, or its place (from 1) if its name cannot be.
    case unreadable(field: String)

    package var sentence: String {
      switch self {
      case .tooManyFields: "There are more than \(Limits.formFields) parameters."
      case .nameTooLong: "A parameter's name is longer than \(Limits.name) bytes."
      case .unreadable(let field): "The parameter \(field) is not valid percent-encoded UTF-8."
      }
    }
  }

  package static func parse(_ bytes: some Collection<UInt8>) throws(Problem) -> [FormField] {
    var fields: [FormField] = []
    for (index, pair) in bytes.split(separator: UInt8(ascii: "&")).enumerated() {
      guard fields.count < Limits.formFields else { throw .tooManyFields }
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      guard let name = PercentEncoding.decode(name, plusIsSpace: true), !name.utf8.contains(0) else {
        throw .unreadable(field: "number \(index + 1)")
      }
      guard name.utf8.count <= Limits.name else { throw .nameTooLong }
      let value = pair.drop { $0 != UInt8(ascii: "=") }.dropFirst()
      guard let value = PercentEncoding.decode(value, plusIsSpace: true), !value.utf8.contains(0) else {
        throw .unreadable(field: name.prefix(bytes: 64))
      }
      fields.append(FormField(name, value))
    }
    return fields
  }
}
