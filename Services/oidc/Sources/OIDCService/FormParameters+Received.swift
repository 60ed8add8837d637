import Encodings
import OIDCRules

extension FormParameters {
  /// A form as a message brings it.
  init(received fields: [FormField]) throws(OAuthError) {
    do throws(FormRefusal) { try self.init(fields) } catch { throw OAuthError(error) }
  }
}
