package import Encodings
import Foundation
package import LatchkeyProtocol

extension JSONValue {
  /// `UserDto`. No directory is connected yet, so no user has an LDAP id.
  package static func user(_ user: User) -> JSONValue {
    [
      "id": .string("\(user.id)"), "username": .string(user.username), "email": .optional(user.email),
      "emailVerified": .bool(user.emailVerified), "firstName": .string(user.firstName),
      "lastName": .string(user.lastName), "displayName": .string(user.displayName), "isAdmin": .bool(user.isAdmin),
      "locale": .optional(user.locale), "customClaims": .array((user.customClaims ?? []).map { .customClaim($0) }),
      "userGroups": .array((user.groups ?? []).map { .groupOfUser($0) }), "ldapId": .null,
      "disabled": .bool(user.disabled),
    ]
  }

  /// `CustomClaimDto`.
  package static func customClaim(_ claim: CustomClaim) -> JSONValue {
    ["key": .string(claim.key), "value": .string(claim.value)]
  }

  /// `UserGroupMinimalDto` as it stands in a `UserDto` and a `signupTokenDto`: there, as in Pocket ID, it neither
  /// counts nor claims anything.
  package static func groupOfUser(_ group: GroupSummary) -> JSONValue {
    [
      "id": .string("\(group.id)"), "friendlyName": .string(group.friendlyName), "name": .string(group.name),
      "customClaims": [], "userCount": 0, "ldapId": .null, "createdAt": .date(group.createdAt),
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

extension Admin.Account {
  /// From `UserCreateDto`. A display name that is given as empty stays empty; an absent one is made from the names.
  package init(_ fields: inout JSONFields) {
    var profile = Profile(&fields)
    profile.displayName = fields.text("displayName")
    self.init(
      profile: profile, emailVerified: fields.flag("emailVerified"), isAdmin: fields.flag("isAdmin"),
      disabled: fields.flag("disabled"))
  }
}

extension Admin.UserFilter {
  package static let names: Set<String> = ["isAdmin", "disabled", "emailVerified"]

  /// From `filters[isAdmin]`, `filters[disabled]` and `filters[emailVerified]`, each `true` or `false`; giving
  /// both filters nothing.
  package init(_ query: [FormField]) throws(Refusal) {
    var filters = ListFilters(query, known: Self.names)
    self.init(
      isAdmin: filters.flag("isAdmin"), disabled: filters.flag("disabled"),
      emailVerified: filters.flag("emailVerified"))
    try filters.check()
  }
}

extension Refusal {
  /// What is wrong with an account. Names that are taken are a conflict, with the reason at each field.
  package static func account(_ problems: [FieldProblem]) -> Refusal {
    var refusal = Refusal.invalid(problems)
    guard !problems.isEmpty, problems.allSatisfy({ ["taken", "retired"].contains($0.code) }) else { return refusal }
    refusal.status = .conflict
    refusal.code = "already_in_use"
    refusal.say(inUse: problems[0].field)
    return refusal
  }

  /// What is in use, in Pocket ID's words, which programs compare: `Username is already in use`.
  package mutating func say(inUse property: String) {
    message = "\(property.prefix(1).uppercased() + property.dropFirst()) is already in use"
    var members: [String: JSONValue] = [:]
    if case .object(let present)? = details { members = present }
    members["property"] = .string(property)
    details = .object(members)
  }

  package init(_ refusal: Admin.AccountRefusal) {
    switch refusal {
    case .lastAdministrator:
      self.init(
        .conflict, "last_administrator",
        "This is the last administrator who can sign in. Make somebody else one first.")
    case .ownAccount:
      self.init(
        .conflict, "own_account", "Administrators do not shut themselves out. Ask another administrator to do it.")
    }
  }
}
