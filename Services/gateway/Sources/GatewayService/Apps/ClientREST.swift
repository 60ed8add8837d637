package import Encodings
import Foundation
package import LatchkeyProtocol

/// Clients in the REST API's form. What this release cannot do is stated truthfully: false, none, zero.
extension JSONValue {
  /// `OidcClientMetaDataDto`.
  package static func clientSummary(_ client: OIDC.ClientSummary) -> JSONValue {
    .object(
      summary(client.id, client.logos).merging([
        "name": .string(client.name), "description": .string(client.description),
        "launchURL": .optional(client.launchURL),
        "requiresReauthentication": .bool(client.requiresReauthentication),
      ]) { first, _ in first })
  }

  private static func summary(_ id: String, _ logos: LogoVersions?) -> [String: JSONValue] {
    [
      "id": .string(id), "hasLogo": .bool(logos?.light != nil), "hasDarkLogo": .bool(logos?.dark != nil),
      "clientType": "standard",
    ]
  }

  /// `OidcClientWithAllowedUserGroupsDto`, and members of ours: who made it, whether it was imported, and those of
  /// `Admin.ClientField` that Pocket ID does not have.
  package static func client(_ client: Admin.Client) -> JSONValue {
    .object(
      members(client).merging([
        "allowedUserGroups": .array((client.allowedGroups ?? []).map { .group($0) }),
        "createdBy": .optional(client.createdBy.map { "\($0)" }),
      ]) { first, _ in first })
  }

  /// `OidcClientWithAllowedGroupsCountDto`, for lists.
  package static func clientInList(_ client: Admin.Client) -> JSONValue {
    .object(
      members(client).merging(["allowedUserGroupsCount": .whole(client.allowedGroupsCount ?? 0)]) { first, _ in first })
  }

  private static func members(_ client: Admin.Client) -> [String: JSONValue] {
    var members = summary(client.id, client.logos)
    for field in Admin.ClientField.all { members[field.name] = field.json(client.settings) }
    members["requiresPushedAuthorizationRequests"] = false
    members["credentials"] = ["secrets": .array(client.secrets.map { .secret($0) })]
    members["isImported"] = .bool(client.imported ?? false)
    return members
  }

  /// `OidcClientSecretDto`, and a member of ours: `lastUsedAt`.
  package static func secret(_ secret: Admin.ClientSecret) -> JSONValue { .object(members(secret)) }

  /// `OidcClientSecretCreatedDto`: the only answer that holds the secret itself.
  package static func newSecret(_ new: Admin.NewClientSecret) -> JSONValue {
    .object(members(new.details).merging(["secret": .string(new.secret.exposed)]) { first, _ in first })
  }

  private static func members(_ secret: Admin.ClientSecret) -> [String: JSONValue] {
    [
      "id": .string("\(secret.id)"), "prefix": .string(secret.prefix), "createdAt": .date(secret.createdAt),
      "expiresAt": .date(secret.expiresAt), "isActive": .bool(secret.isActive), "lastUsedAt": .date(secret.lastUsedAt),
    ]
  }
}

extension Admin.ClientSecret {
  /// Whether it has not expired yet.
  var isActive: Bool { expiresAt.map { $0 > Date.now } ?? true }
}

extension Admin.ClientFilter {
  package static let names: Set<String> = [
    "pkceEnabled", "requiresReauthentication", "skipConsent", "isGroupRestricted",
  ]

  /// From `filters[pkceEnabled]` and its like, each `true` or `false`.
  package init(_ query: [FormField]) throws(Refusal) {
    var filters = ListFilters(query, known: Self.names)
    self.init(
      pkceEnabled: filters.flag("pkceEnabled"), requiresReauthentication: filters.flag("requiresReauthentication"),
      skipConsent: filters.flag("skipConsent"), isGroupRestricted: filters.flag("isGroupRestricted"))
    try filters.check()
  }
}

extension Admin.ClientSettings {
  /// From `OidcClientUpdateDto` and our own members. What cannot be granted yet is refused by name rather than ignored;
  /// if a member of ours is absent its setting stays, so that a program written for Pocket ID resets none.
  package init(_ fields: inout JSONFields) {
    if fields.flag("requiresPushedAuthorizationRequests") {
      fields.refuse("requiresPushedAuthorizationRequests", "unsupported", "Is not available in this release.")
    }
    if fields["credentials"]?["federatedIdentities"]?.array?.isEmpty == false {
      fields.refuse("credentials.federatedIdentities", "unsupported", "Is not available in this release.")
    }
    if fields["name"] == nil { fields.refuse("name", "required", "Is missing.") }
    self.init(name: "", callbackURLs: [])
    for field in Admin.ClientField.all {
      switch field.setting {
      case .text(let path): self[keyPath: path] = fields.text(field.name) ?? ""
      case .texts(let path): self[keyPath: path] = fields.texts(field.name)
      case .flag(let path): self[keyPath: path] = fields.flag(field.name)
      case .minutes(let path):
        self[keyPath: path] = fields.number(field.name, whenAbsentOrZero: Self.usual[keyPath: path])
      case .address(let path): self[keyPath: path] = fields.text(field.name)?.nonEmpty
      case .keptFlag(let path): self[keyPath: path] = fields.optionalFlag(field.name)
      case .keptText(let path): self[keyPath: path] = fields.text(field.name)
      case .keptAddress(let path): self[keyPath: path] = fields.clearableText(field.name)
      }
    }
    // Pocket ID's own, and off there if it is absent.
    isGroupRestricted = isGroupRestricted ?? false
  }
}
