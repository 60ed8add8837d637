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
