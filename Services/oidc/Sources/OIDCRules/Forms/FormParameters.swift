public import Encodings

/// Why a form was refused. The sentence for the client is `OAuthError(_:)`.
public enum FormRefusal: Error, Sendable, Equatable {
  case tooLarge
  case tooManyParameters
  case nameTooLong
  case valueTooLong(String, limit: Int)
  /// RFC 6749 §3.1, §3.2: no parameter more than once.
  case duplicate(String)
  /// NUL, which PostgreSQL text cannot hold and no parameter needs.
  case controlCharacter
}

/// The parameters of a request in the order received, bounded in number and size. A repeated parameter cannot be read:
/// `value(_:)` refuses it by name, so no check can forget about duplicates.
public struct FormParameters: Sendable, Equatable {
  /// As received: order, duplicates and unknown names kept, except names that no parameter can have (RFC 6749 §8.2:
  /// ASCII).
  public let all: [FormField]

  /// Parameters that may be repeated: RFC 8707 §2 `resource`, RFC 8693 §2.1 `audience`.
  private static let repeatable: Set<String> = ["resource", "audience"]

  public init(_ parameters: [FormField]) throws(FormRefusal) {
    guard parameters.count <= Limits.formParameters else { throw .tooManyParameters }
    var total = 0
    var all: [FormField] = []
    for parameter in parameters {
      guard parameter.name.utf8.count <= Limits.parameterName else { throw .nameTooLong }
      guard parameter.name.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
      let longest = Limits.shortValues[parameter.name] ?? Limits.parameterValue
      guard parameter.value.utf8.count <= longest else { throw .valueTooLong(parameter.name, limit: longest) }
      guard !parameter.name.utf8.contains(0), !parameter.value.utf8.contains(0) else { throw .controlCharacter }
      total += parameter.name.utf8.count + parameter.value.utf8.count
      all.append(parameter)
    }
    guard total <= Limits.form else { throw .tooLarge }
    self.all = all
  }

  /// None at all.
  public init() { all = [] }

  /// The value of a parameter; nil when it is absent or empty (RFC 6749 §3.1: sent without a value, as if omitted).
  /// - Throws: `.duplicate` when it occurs more than once, whatever its values.
  public func value(_ name: String) throws(FormRefusal) -> String? {
    var found: String?
    for parameter in all where parameter.name == name {
      guard found == nil else { throw .duplicate(name) }
      found = parameter.value
    }
    return found.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Every value of a parameter that may be repeated, without the empty ones.
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
