/// A value as templates see it. It is reflected once, on first use; the result is kept, with its members, as long as
/// the rendering lasts.
final class Value {
  enum Content {
    case absent
    case flag(Bool)
    case text(String)
    case list([Value])
    case object([String: Value])
  }

  private let value: Any
  private(set) lazy var content = Self.content(of: value)

  init(_ value: Any) { self.value = value }

  /// A member; nil if it is missing or `nil`.
  subscript(name: String) -> Value? {
    guard case .object(let members) = content, let member = members[name], member.isPresent else { return nil }
    return member
  }

  private var isPresent: Bool { if case .absent = content { false } else { true } }

  private static func content(of value: Any) -> Content {
    // Casts look through optionals, so the mirror rarely meets one other than `nil`.
    if let text = value as? String { return .text(text) }
    if let flag = value as? Bool { return .flag(flag) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { content(of: $0.value) } ?? .absent
    case .collection, .set: return .list(mirror.children.map { Value($0.value) }.filter(\.isPresent))
    case .dictionary: if let entries = value as? [String: Any] { return .object(entries.mapValues(Value.init)) }
    default: if let other = value as? any LosslessStringConvertible { return .text(other.description) }
    }
    var members: [String: Value] = [:]
    for case (let label?, let value) in mirror.children { members[label] = Value(value) }
    return .object(members)
  }
}
