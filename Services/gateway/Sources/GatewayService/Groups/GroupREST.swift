package import Encodings
package import LatchkeyProtocol

/// Groups in the REST API's form. No directory is connected, so `ldapId` is null.
extension JSONValue {
  /// `UserGroupMinimalDto`.
  package static func group(_ group: Admin.Group) -> JSONValue {
    .object(members(group).merging(["userCount": .whole(group.userCount)]) { first, _ in first })
  }

  /// `UserGroupDto`, and a member of ours: `userCount`, since `users` is cut if they are very many.
  package static func group(_ detail: Admin.GroupDetail) -> JSONValue {
    .object(
      members(detail.group).merging([
        "userCount": .whole(detail.group.userCount), "users": .array(detail.users.map { .user($0) }),
        "allowedOidcClients": .array(detail.allowedClients.map { .clientSummary($0) }),
      ]) { first, _ in first })
  }

  private static func members(_ group: Admin.Group) -> [String: JSONValue] {
    [
      "id": .string("\(group.id)"), "friendlyName": .string(group.friendlyName), "name": .string(group.name),
      "customClaims": .claims(group.customClaims), "ldapId": .null, "createdAt": .date(group.createdAt),
    ]
  }

  /// A list of `CustomClaimDto`.
  package static func claims(_ claims: [CustomClaim]) -> JSONValue {
    .array(claims.map { ["key": .string($0.key), "value": .string($0.value)] })
  }
}

extension [CustomClaim] {
  /// From a list of `CustomClaimCreateDto`.
  package init(_ value: JSONValue) throws(Refusal) {
    guard let elements = value.array else { throw Refusal.body("The body must be a JSON array of claims.") }
    var problems: [FieldProblem] = []
    var claims: [CustomClaim] = []
    for (index, element) in elements.enumerated() {
      var texts: [String] = []
      for name in ["key", "value"] {
        if let text = element[name]?.string {
          texts.append(text)
        } else {
          problems.append(FieldProblem("[\(index)].\(name)", "required", "Expected text."))
        }
      }
      if texts.count == 2 { claims.append(CustomClaim(key: texts[0], value: texts[1])) }
    }
    if !problems.isEmpty { throw Refusal.invalid(problems) }
    self = claims
  }
}

extension JSONFields {
  /// A required list of ids; anything that is not an id is refused by its place.
  package mutating func identifiers<Entity>(_ name: String) -> [Identifier<Entity>] {
    if self[name] == nil { refuse(name, "required", "Is missing.") }
    var ids: [Identifier<Entity>] = []
    for (index, text) in texts(name).enumerated() {
      if let id = Identifier<Entity>(text) {
        ids.append(id)
      } else {
        refuse("\(name)[\(index)]", "invalid", "Expected an id.")
      }
    }
    return ids
  }
}
