import Foundation

/// What the coder must know of a type before it lets the type encode itself.
enum WireRule {
  case ordinary
  /// The elements come in no fixed order and are sorted.
  case sorted
  case refused(String)

  /// The rule for a type that is not a scalar.
  static func of(_ type: Any.Type) -> WireRule { (type as? any WireRuled.Type)?.wireRule ?? .ordinary }
}

/// A type with a rule of its own.
protocol WireRuled {
  static var wireRule: WireRule { get }
}

private protocol AnyOptional {}

extension Optional: AnyOptional {}

extension Optional: WireRuled {
  // nil and .some(nil) would have the same bytes.
  static var wireRule: WireRule {
    Wrapped.self is any AnyOptional.Type ? .refused("an optional of an optional does not exist on the wire") : .ordinary
  }
}

extension Dictionary: WireRuled {
  // Swift would write other keys as an array of alternating keys and values, in random order.
  static var wireRule: WireRule {
    Key.self == String.self ? .ordinary : .refused("a key that is not a string does not exist on the wire")
  }
}

extension Set: WireRuled {
  static var wireRule: WireRule { .sorted }
}

extension Decimal: WireRuled {
  static var wireRule: WireRule { .refused("Decimal does not exist on the wire") }
}

/// The stand-in for an array's position in a path.
struct IndexKey: CodingKey {
  let intValue: Int?
  var stringValue: String { "\(intValue ?? 0)" }

  init(_ index: Int) { intValue = index }
  init?(intValue: Int) { self.intValue = intValue }
  init?(stringValue: String) { return nil }
}

/// A map's key in a path.
struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(intValue: Int) { return nil }
  init?(stringValue: String) { self.stringValue = stringValue }
}
