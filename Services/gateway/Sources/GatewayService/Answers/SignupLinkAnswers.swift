package import LatchkeyProtocol

extension JSONValue {
  /// `signupTokenDto`.
  package static func signupLink(_ link: Admin.SignupLink) -> JSONValue {
    [
      "id": .string("\(link.id)"), "token": .string(link.token.exposed), "expiresAt": .date(link.expiresAt),
      "usageLimit": .whole(link.usageLimit), "usageCount": .whole(link.usageCount),
      "userGroups": .array(
        link.groups.map {
          [
            "id": .string("\($0.id)"), "name": .string($0.name), "friendlyName": .string($0.friendlyName),
            "ldapId": nil,
          ]
        }), "createdAt": .date(link.createdAt),
    ]
  }
}
