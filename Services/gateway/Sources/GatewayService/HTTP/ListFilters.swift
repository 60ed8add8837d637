import Encodings
import LatchkeyProtocol

/// The filters of a list as Pocket ID spells them: `filters[field]`, `filters[field][]` or `filters[field][0]`. Several
/// values of one field are alternatives.
///
/// A filter that is not understood is refused: a list that ignored it would be taken for what was asked for, and acted
/// on.
struct ListFilters {
  private var valuesByField: [String: [String]] = [:]
  private(set) var problems: [FieldProblem] = []

  /// - Parameter known: the fields that this list can be filtered by.
  init(_ query: [FormField], known: Set<String>) {
    for parameter in query where parameter.name.hasPrefix("filter") {
      let place = parameter.name.prefix(bytes: 64)
      guard let field = Self.field(parameter.name) else {
        refuse(place, "invalid", "Expected filters[field], filters[field][] or filters[field][0].")
        continue
      }
      let name = "filters[\(field.prefix(bytes: 64))]"
      guard known.contains(field) else {
        let all = known.isEmpty ? "This list has none." : "There are \(known.sorted().joined(separator: ", "))."
        refuse(name, "unknown", "There is no such filter. \(all)")
        continue
      }
      guard !parameter.value.isEmpty else {
        refuse(name, "required", "Is empty.")
        continue
      }
      valuesByField[field, default: []].append(parameter.value)
    }
  }

  subscript(field: String) -> [String] { valuesByField[field] ?? [] }

  /// Nil if it was not given, or for both.
  mutating func flag(_ field: String) -> Bool? {
    let wanted = Set(self[field])
    guard wanted.isSubset(of: ["true", "false"]) else {
      refuse("filters[\(field)]", "invalid", "Expected true or false.")
      return nil
    }
    return wanted.count == 1 ? wanted.contains("true") : nil
  }

  mutating func refuse(_ field: String, _ code: String, _ message: String) {
    problems.append(FieldProblem(field, code, message))
  }

  /// Throws the collected problems.
  func check() throws(Refusal) {
    if !problems.isEmpty { throw Refusal.invalid(problems) }
  }

  /// The field of a parameter's name; nil for any other spelling. Go's names begin with a capital.
  private static func field(_ name: String) -> String? {
    let opening = "filters["
    guard name.hasPrefix(opening), let close = name.firstIndex(of: "]") else { return nil }
    let field = name[name.index(name.startIndex, offsetBy: opening.count)..<close]
    let index = name[name.index(after: close)...]
    guard !field.isEmpty, index.isEmpty || isIndex(index) else { return nil }
    return field.prefix(1).lowercased() + field.dropFirst()
  }

  private static func isIndex(_ text: Substring) -> Bool {
    text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count >= 2
      && text.dropFirst().dropLast().utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
