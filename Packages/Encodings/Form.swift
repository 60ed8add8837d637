/// One name and value of a query or form, as received: the one type from the socket to the rule.
public struct FormField: Codable, Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Queries and forms (`application/x-www-form-urlencoded`: WHATWG URL, RFC 6749 appendix B). Order and duplicates are
/// kept: refusing a duplicate is up to the caller (RFC 6749 §3.1).
public enum Form {
  public enum Problem: Error, Hashable, Sendable {
    case tooManyFields
    case nameTooLong
    /// A field's value cannot be read, or the name of the field in this place (from 1).
    case unreadable(Field, Percent.Problem)

    public enum Field: Hashable, Sendable {
      case named(String)
      case number(Int)
    }
  }

  /// Reads a body, or a query without its `?`.
  ///
  /// - Parameters:
  ///   - most: the largest allowed number of fields.
  ///   - longestName: of a field, in bytes after decoding.
  public static func fields(
    _ bytes: some Collection<UInt8>, most: Int, longestName: Int
  ) throws(Problem) -> [FormField] {
    try bytes.withBytes { source in
      Result { () throws(Problem) in try fields(in: source[...], most: most, longestName: longestName) }
    }.get()
  }

  private static func fields(
    in bytes: Slice<UnsafeBufferPointer<UInt8>>, most: Int, longestName: Int
  ) throws(Problem) -> [FormField] {
    var fields: [FormField] = []
    var rest = bytes
    while !rest.isEmpty {
      let pair = rest.prefix { $0 != UInt8(ascii: "&") }
      rest = rest[pair.endIndex...].dropFirst()
      if pair.isEmpty { continue }
      guard fields.count < most else { throw .tooManyFields }
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      let decodedName = try text(name, of: .number(fields.count + 1))
      guard decodedName.utf8.count <= longestName else { throw .nameTooLong }
      let value = try text(pair[name.endIndex...].dropFirst(), of: .named(decodedName))
      fields.append(FormField(decodedName, value))
    }
    return fields
  }

  /// Encodes fields so that `fields` reads the same pairs.
  public static func encode(_ fields: [FormField]) -> String {
    var output: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { output.append(UInt8(ascii: "&")) }
      Percent.append(field.name, to: &output)
      output.append(UInt8(ascii: "="))
      Percent.append(field.value, to: &output)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func text(
    _ bytes: some Collection<UInt8>, of field: @autoclosure () -> Problem.Field
  ) throws(Problem) -> String {
    do throws(Percent.Problem) {
      return try Percent.decode(bytes, plusIsSpace: true)
    } catch {
      throw .unreadable(field(), error)
    }
  }
}
