package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// `signupTokenDto`.
  package static func signupLink(_ link: Admin.SignupLink) -> JSONValue {
    [
      "id": .string("\(link.id)"), "token": .string(link.token.exposed), "expiresAt": .date(link.expiresAt),
      "usageLimit": .whole(link.usageLimit), "usageCount": .whole(link.usageCount),
      "userGroups": .array(link.groups.map { .groupOfUser($0) }), "createdAt": .date(link.createdAt),
    ]
  }
}
