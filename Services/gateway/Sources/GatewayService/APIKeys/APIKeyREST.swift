package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// `apiKeyDto`.
  package static func apiKey(_ key: Admin.APIKey) -> JSONValue {
    [
      "id": .string("\(key.id)"), "name": .string(key.name), "description": .optional(key.description),
      "expiresAt": .date(key.expiresAt), "lastUsedAt": .date(key.lastUsedAt), "createdAt": .date(key.createdAt),
      "expirationEmailSent": .bool(key.expirationEmailSent),
    ]
  }

  /// `apiKeyResponseDto`: the only answer that holds the key itself.
  package static func newAPIKey(_ new: Admin.NewAPIKey) -> JSONValue {
    ["apiKey": .apiKey(new.key), "token": .string(new.token.exposed)]
  }
}
