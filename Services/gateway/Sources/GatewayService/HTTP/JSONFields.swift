package import Encodings
package import Foundation
package import LatchkeyProtocol

/// The members of a JSON body, read one by one by type. Everything that does not fit is collected, so that a form shows
/// all of its problems at once; whether a value makes sense is for the service to decide.
///
/// A name matches in any case if no member has it exactly, as in Go's reader: programs written for Pocket ID send
/// `launchUrl`.
package struct JSONFields {
  private let value: JSONValue
  private let names: [String]
  package private(set) var problems: [FieldProblem] = []

  package init(_ value: JSONValue) throws(Refusal) {
    guard case .object(let members) = value else { throw Refusal.body("The body must be a JSON object.") }
    self.value = value
    names = Array(members.keys)
  }

  /// A member, with JSON's null distinguished from absence.
  private func stated(_ name: String) -> JSONValue? {
    if let value = value[name] { return value }
    // Of two that differ only in case, which one counts must not depend on chance.
    return names.filter { Self.differInCase($0.utf8, name.utf8) }.min().flatMap { value[$0] }
  }

  /// Letter by letter: a client's body may have thousands of names, and each of ours is looked up among them.
  private static func differInCase(_ one: String.UTF8View, _ other: String.UTF8View) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { $0 | 0x20 == $1 | 0x20 }
  }

  /// A member that is absent or null is nil.
  private func member(_ name: String) -> JSONValue? {
    stated(name).flatMap { $0.isNull ? nil : $0 }
  }

  package subscript(name: String) -> JSONValue? { member(name) }

  package mutating func refuse(_ field: String, _ code: String, _ message: String) {
    problems.append(FieldProblem(field, code, message))
  }

  package mutating func text(_ name: String) -> String? {
    guard let value = member(name) else { return nil }
    if let text = value.string { return text }
    refuse(name, "invalid", "Expected text.")
    return nil
  }

  package mutating func requiredText(_ name: String) -> String {
    if member(name) == nil { refuse(name, "required", "Is missing.") }
    return text(name) ?? ""
  }

  package mutating func flag(_ name: String) -> Bool {
    guard let value = member(name) else { return false }
    if let flag = value.bool { return flag }
    refuse(name, "invalid", "Expected true or false.")
    return false
  }

  /// Nil if it was not given.
  package mutating func optionalFlag(_ name: String) -> Bool? { member(name) == nil ? nil : flag(name) }

  /// Text that can be cleared: nil if it was not given, empty for null.
  package mutating func clearableText(_ name: String) -> String? {
    guard let value = stated(name) else { return nil }
    return value.isNull ? "" : text(name)
  }

  package mutating func number(_ name: String, whenAbsent fallback: Int) -> Int {
    guard let value = member(name) else { return fallback }
    if let number = value.integer { return number }
    refuse(name, "invalid", "Expected a whole number.")
    return fallback
  }

  /// Zero stands for the usual number, as in Pocket ID: programs in Go send it for what was not set.
  package mutating func number(_ name: String, whenAbsentOrZero usual: Int) -> Int {
    let number = number(name, whenAbsent: usual)
    return number == 0 ? usual : number
  }

  package mutating func texts(_ name: String) -> [String] {
    guard let value = member(name) else { return [] }
    guard let elements = value.array else {
      refuse(name, "invalid", "Expected a list of texts.")
      return []
    }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      if let text = element.string {
        texts.append(text)
      } else {
        refuse("\(name)[\(index)]", "invalid", "Expected text.")
      }
    }
    return texts
  }

  /// RFC 3339.
  package mutating func date(_ name: String) -> Date? {
    guard let text = text(name) else { return nil }
    if let date = try? Date(text, strategy: .iso8601) { return date }
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    if let date = try? Date(text, strategy: fractional) { return date }
    refuse(name, "invalid", "Expected a date and time, such as 2026-01-31T12:00:00Z.")
    return nil
  }

  /// Throws the collected problems.
  package func check() throws(Refusal) {
    if !problems.isEmpty { throw Refusal.invalid(problems) }
  }
}
