import LatchkeyProtocol
import OIDCRules

extension JSONValue {
  init(_ value: ClaimValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .string(let value): .string(value)
      case .array(let values): .array(values.map(JSONValue.init))
      case .object(let members): .object(members.mapValues(JSONValue.init))
      }
  }
}
