import LatchkeyProtocol
import OIDCRules

extension FormParameters {
  init(_ fields: [FormField]) throws(OAuthError) {
    do {
      try self.init(pairs: fields.map { ($0.name, $0.value) })
    } catch {
      throw OAuthError(error)
    }
  }
}

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
