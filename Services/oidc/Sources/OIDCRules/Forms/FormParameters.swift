/// One parameter as received, decoded.
public struct FormParameter: Sendable, Hashable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Why a form was refused. The sentence for the client is `OAuthError(_:)`.
public enum FormRefusal: Error, Sendable, Equatable {
  case tooLarge
  case tooManyParameters
  case nameTooLong
  case valueTooLong(String, limit: Int)
  /// RFC 6749 §3.1, §3.2: no parameter more than once.
  case duplicate(String)
  case malformedEscape
  case invalidUTF8
  case controlCharacter
}

/// The parameters of a request in the order received, bounded in number and size. A parameter that stands twice cannot
/// be read: `value(_:)` refuses it by name, so a check that forgot duplicates does not exist.
public struct FormParameters: Sendable, Equatable {
  /// As received: order, duplicates and unknown names kept, but for names that no parameter can have (RFC 6749 §8.2:
  /// ASCII).
  public let all: [FormParameter]

  /// What may stand more than once: RFC 8707 §2 `resource`, RFC 8693 §2.1 `audience`.
  private static let repeatable: Set<String> = ["resource", "audience"]

  public init(_ parameters: [FormParameter]) throws(FormRefusal) {
    guard parameters.count <= Limits.formParameters else { throw .tooManyParameters }
    var total = 0
    var all: [FormParameter] = []
    for parameter in parameters {
      guard parameter.name.utf8.count <= Limits.parameterName else { throw .nameTooLong }
      guard parameter.name.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
      let longest = Limits.shortValues[parameter.name] ?? Limits.parameterValue
      guard parameter.value.utf8.count <= longest else { throw .valueTooLong(parameter.name, limit: longest) }
      // PostgreSQL has no NUL in text, and no parameter has a use for one.
      guard !parameter.name.utf8.contains(0), !parameter.value.utf8.contains(0) else { throw .controlCharacter }
      total += parameter.name.utf8.count + parameter.value.utf8.count
      all.append(parameter)
    }
    guard total <= Limits.form else { throw .tooLarge }
    self.all = all
  }

  /// None at all.
  public init() { all = [] }

  /// Pairs in order of name and value.
  public init(pairs: [(String, String)]) throws(FormRefusal) {
    try self.init(pairs.map { FormParameter($0.0, $0.1) })
  }

  /// Reads `application/x-www-form-urlencoded` (a body, or a query without its `?`): UTF-8, whole escapes, no bare
  /// control characters, at most `Limits.form` bytes.
  public init(formEncoded bytes: [UInt8]) throws(FormRefusal) {
    guard bytes.count <= Limits.form else { throw .tooLarge }
    var parameters: [FormParameter] = []
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      guard parameters.count < Limits.formParameters else { throw .tooManyParameters }
      let equals = piece.firstIndex(of: UInt8(ascii: "="))
      let name = try Percent.decodeForm(piece[..<(equals ?? piece.endIndex)])
      let value = try equals.map { index throws(FormRefusal) in try Percent.decodeForm(piece[(index + 1)...]) } ?? ""
      parameters.append(FormParameter(name, value))
    }
    try self.init(parameters)
  }

  /// The same for a String.
  public init(formEncoded text: String) throws(FormRefusal) { try self.init(formEncoded: Array(text.utf8)) }

  /// The form encoding of `all`: what an interaction keeps of its request. Reading it back gives an equal value.
  public var formEncoded: String {
    all.map { "\(Percent.encode($0.name))=\(Percent.encode($0.value))" }.joined(separator: "&")
  }

  /// The value of a parameter; nil when it is absent or empty (RFC 6749 §3.1: sent without a value, as if omitted).
  /// - Throws: `.duplicate` when it stands more than once, whatever its values.
  public func value(_ name: String) throws(FormRefusal) -> String? {
    var found: String?
    for parameter in all where parameter.name == name {
      guard found == nil else { throw .duplicate(name) }
      found = parameter.value
    }
    return found.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Every value of a parameter that may stand more than once, empty ones left out.
  public func values(_ name: String) -> [String] {
    all.lazy.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
  }

  /// RFC 6749 §3.1, §3.2: "Request and response parameters MUST NOT be included more than once", known to us or not.
  public func refuseDuplicates() throws(FormRefusal) {
    var seen: Set<String> = []
    for parameter in all where !Self.repeatable.contains(parameter.name) {
      guard seen.insert(parameter.name).inserted else { throw .duplicate(parameter.name) }
    }
  }
}
