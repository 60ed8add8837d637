import Foundation
package import LatchkeyProtocol

/// Clients in the REST API's form. What this release cannot do is stated as what it truly is: false, none, zero.
extension JSONValue {
  /// `OidcClientMetaDataDto`.
  package static func clientSummary(_ client: OIDC.ClientSummary) -> JSONValue {
    .object(
      summary(
        id: client.id, name: client.name, description: client.description, launchURL: client.launchURL,
        requiresReauthentication: client.requiresReauthentication, logos: client.logos))
  }

  private static func summary(
    id: String, name: String, description: String, launchURL: String?, requiresReauthentication: Bool,
    logos: LogoVersions?
  ) -> [String: JSONValue] {
    [
      "id": .string(id), "name": .string(name), "description": .string(description),
      "hasLogo": .bool(logos?.light != nil), "hasDarkLogo": .bool(logos?.dark != nil),
      "launchURL": .optional(launchURL),
      "requiresReauthentication": .bool(requiresReauthentication), "clientType": "standard",
    ]
  }

  /// `OidcClientWithAllowedUserGroupsDto`, and members of ours: who made it, and those of ``ownMembers(_:)``.
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
    let settings = client.settings
    let more: [String: JSONValue] = [
      "callbackURLs": .texts(settings.callbackURLs), "logoutCallbackURLs": .texts(settings.logoutCallbackURLs),
      "isPublic": .bool(settings.isPublic), "pkceEnabled": .bool(settings.pkceEnabled),
      "requiresPushedAuthorizationRequests": false, "skipConsent": .bool(settings.skipConsent),
      "credentials": ["secrets": .array(client.secrets.map { .secret($0) })],
      "isGroupRestricted": .bool(settings.isGroupRestricted ?? false),
      "accessTokenDurationMinutes": .whole(settings.accessTokenDurationMinutes),
      "refreshTokenDurationMinutes": .whole(settings.refreshTokenDurationMinutes),
    ]
    let ours = ownMembers(settings).merging(["isImported": .bool(client.imported ?? false)]) { first, _ in first }
    return summary(
      id: client.id, name: settings.name, description: settings.description, launchURL: settings.launchURL,
      requiresReauthentication: settings.requiresReauthentication, logos: client.logos
    ).merging(more) { first, _ in first }.merging(ours) { first, _ in first }
  }

  /// What Pocket ID does not have, in its style. The last words are those of the client metadata where it has any
  /// (Back-Channel Logout §2.2, Front-Channel Logout §2, Dynamic Client Registration §2).
  private static func ownMembers(_ settings: Admin.ClientSettings) -> [String: JSONValue] {
    func address(_ text: String?) -> JSONValue { .optional(text.flatMap { $0.isEmpty ? nil : $0 }) }
    return [
      "callbackURLPatterns": .bool(settings.callbackPatterns ?? false),
      "userinfoOnlyClaims": .bool(settings.userinfoOnly ?? false),
      "idTokenSignedResponseAlg": .optional(settings.idTokenAlgorithm),
      "accessTokenSignedResponseAlg": .optional(settings.accessTokenAlgorithm),
      "backchannelLogoutURL": address(settings.backchannelLogoutURI),
      "backchannelLogoutSessionRequired": .bool(settings.backchannelLogoutSessionRequired ?? false),
      "frontchannelLogoutURL": address(settings.frontchannelLogoutURI),
      "frontchannelLogoutSessionRequired": .bool(settings.frontchannelLogoutSessionRequired ?? false),
    ]
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
  /// Whether it has not run out yet.
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
  /// a member of ours that is absent leaves its setting as it was, so that a program written for Pocket ID resets none.
  package init(_ fields: inout JSONFields) {
    if fields.flag("requiresPushedAuthorizationRequests") {
      fields.refuse("requiresPushedAuthorizationRequests", "unsupported", "Is not available in this release.")
    }
    if fields["credentials"]?["federatedIdentities"]?.array?.isEmpty == false {
      fields.refuse("credentials.federatedIdentities", "unsupported", "Is not available in this release.")
    }
    self.init(
      name: fields.requiredText("name"), description: fields.text("description") ?? "",
      callbackURLs: fields.texts("callbackURLs"), logoutCallbackURLs: fields.texts("logoutCallbackURLs"),
      isPublic: fields.flag("isPublic"), pkceEnabled: fields.flag("pkceEnabled"),
      requiresReauthentication: fields.flag("requiresReauthentication"), skipConsent: fields.flag("skipConsent"),
      launchURL: fields.text("launchURL").flatMap { $0.isEmpty ? nil : $0 },
      accessTokenDurationMinutes: fields.number("accessTokenDurationMinutes", whenAbsentOrZero: 60),
      refreshTokenDurationMinutes: fields.number("refreshTokenDurationMinutes", whenAbsentOrZero: 43_200),
      isGroupRestricted: fields.flag("isGroupRestricted"), callbackPatterns: fields.optionalFlag("callbackURLPatterns"),
      userinfoOnly: fields.optionalFlag("userinfoOnlyClaims"),
      idTokenAlgorithm: fields.text("idTokenSignedResponseAlg"),
      accessTokenAlgorithm: fields.text("accessTokenSignedResponseAlg"),
      backchannelLogoutURI: fields.clearableText("backchannelLogoutURL"),
      backchannelLogoutSessionRequired: fields.optionalFlag("backchannelLogoutSessionRequired"),
      frontchannelLogoutURI: fields.clearableText("frontchannelLogoutURL"),
      frontchannelLogoutSessionRequired: fields.optionalFlag("frontchannelLogoutSessionRequired"))
  }
}
