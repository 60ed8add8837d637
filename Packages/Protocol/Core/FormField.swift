/// One name and value of a query or form, as received: order and duplicates are kept, since refusing a duplicate
/// is the receiving service's rule (RFC 6749 §3.1), not the gateway's.
public struct FormField: Codable, Sendable, Equatable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
