package import LatchkeyProtocol

extension JSONValue {
  /// `UserDto`. Groups, claims and LDAP come with their own features; until then every user truly has none.
  package static func user(_ user: User) -> JSONValue {
    [
      "id": .string("\(user.id)"), "username": .string(user.username), "email": .optional(user.email),
      "emailVerified": .bool(user.emailVerified), "firstName": .string(user.firstName),
      "lastName": .string(user.lastName), "displayName": .string(user.displayName), "isAdmin": .bool(user.isAdmin),
      "locale": .optional(user.locale), "customClaims": [], "userGroups": [], "ldapId": nil,
      "disabled": .bool(user.disabled),
    ]
  }
}

extension Profile {
  /// From the fields that the REST API gives a person to fill in.
  package init(_ fields: inout JSONFields) {
    self.init(
      username: fields.requiredText("username"), email: fields.text("email").flatMap { $0.isEmpty ? nil : $0 },
      firstName: fields.text("firstName") ?? "", lastName: fields.text("lastName") ?? "",
      displayName: fields.text("displayName").flatMap { $0.isEmpty ? nil : $0 },
      locale: fields.text("locale").flatMap { $0.isEmpty ? nil : $0 })
  }
}
