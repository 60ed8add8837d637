package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// `AuthorizedOidcClientDto`.
  package static func consent(_ consent: OIDC.Consent) -> JSONValue {
    [
      "scope": .string(consent.scopes.joined(separator: " ")), "client": .clientSummary(consent.client),
      "lastUsedAt": .date(consent.lastUsedAt),
    ]
  }

  /// `AccessibleOidcClientDto`, and members of ours: whether there is a consent to revoke, and what it covers.
  package static func accessibleClient(_ accessible: OIDC.AccessibleClient) -> JSONValue {
    guard case .object(let members) = JSONValue.clientSummary(accessible.client) else { return .null }
    return .object(
      members.merging([
        "lastUsedAt": .date(accessible.lastUsedAt), "hasConsent": .bool(accessible.hasConsent),
        "scope": .optional(accessible.scopes?.joined(separator: " ")),
      ]) { first, _ in first })
  }
}
