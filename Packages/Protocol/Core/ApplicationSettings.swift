/// The settings that an administrator changes while everything runs, by the REST API's names. All values are texts; an
/// empty one means the default.
public struct ApplicationSettings: Codable, Sendable, Equatable {
  /// One setting: its name in the REST API and in the environment, its default, and what it may hold.
  public struct Definition: Sendable {
    public let key: String
    /// Read while `UI_CONFIG_DISABLED` is set.
    public let variable: String
    public let whenUnset: String
    public let form: Form
    /// Whether anyone may read it.
    public let isPublic: Bool
    /// Whether it decides where sign-in codes are mailed, who may sign up or in without an administrator, or as what:
    /// changing it in a browser needs a proof (`Auth.ProofPurpose.settings`).
    public let givesPower: Bool

    init(
      _ key: String, _ variable: String, default whenUnset: String, _ form: Form, isPublic: Bool = false,
      givesPower: Bool = false
    ) {
      self.key = key
      self.variable = variable
      self.whenUnset = whenUnset
      self.form = form
      self.isPublic = isPublic
      self.givesPower = givesPower
    }
  }

  /// What a setting may hold.
  public enum Form: Sendable, Equatable {
    case text, name, address, colour, email, port
    /// "true" or "false".
    case flag
    /// Minutes, 1 to 43,200.
    case minutes
    case oneOf([String])
    /// A JSON array of group ids.
    case groupIDs
    /// A JSON array of `{key, value}`.
    case claims
    /// A JSON array of URL patterns.
    case urlPatterns
    /// Sealed at rest, never shown.
    case secret
  }

  public static let definitions: [Definition] = [
    Definition("appName", "APP_NAME", default: "Latchkey", .name, isPublic: true),
    Definition("sessionDuration", "SESSION_DURATION", default: "60", .minutes),
    Definition("homePageUrl", "HOME_PAGE_URL", default: "/settings/account", .address, isPublic: true),
    Definition("emailsVerified", "EMAILS_VERIFIED", default: "false", .flag, givesPower: true),
    Definition("accentColor", "ACCENT_COLOR", default: "default", .colour, isPublic: true),
    Definition("disableAnimations", "DISABLE_ANIMATIONS", default: "false", .flag, isPublic: true),
    Definition("allowOwnAccountEdit", "ALLOW_OWN_ACCOUNT_EDIT", default: "true", .flag, isPublic: true),
    Definition(
      "allowUserSignups", "ALLOW_USER_SIGNUPS", default: "disabled", .oneOf(["disabled", "withToken", "open"]),
      isPublic: true, givesPower: true),
    Definition(
      "signupDefaultUserGroupIDs", "SIGNUP_DEFAULT_USER_GROUP_IDS", default: "[]", .groupIDs, givesPower: true),
    Definition("signupDefaultCustomClaims", "SIGNUP_DEFAULT_CUSTOM_CLAIMS", default: "[]", .claims, givesPower: true),
    Definition("requireUserEmail", "REQUIRE_USER_EMAIL", default: "true", .flag, isPublic: true),
    Definition("smtpHost", "SMTP_HOST", default: "", .text, givesPower: true),
    Definition("smtpPort", "SMTP_PORT", default: "", .port, givesPower: true),
    Definition("smtpFrom", "SMTP_FROM", default: "", .email, givesPower: true),
    Definition("smtpUser", "SMTP_USER", default: "", .text, givesPower: true),
    Definition("smtpPassword", "SMTP_PASSWORD", default: "", .secret),
    Definition("smtpTls", "SMTP_TLS", default: "none", .oneOf(["none", "starttls", "tls"]), givesPower: true),
    Definition("smtpSkipCertVerify", "SMTP_SKIP_CERT_VERIFY", default: "false", .flag, givesPower: true),
    Definition("emailLoginNotificationEnabled", "EMAIL_LOGIN_NOTIFICATION_ENABLED", default: "false", .flag),
    Definition(
      "emailOneTimeAccessAsUnauthenticatedEnabled", "EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED",
      default: "false", .flag, isPublic: true, givesPower: true),
    Definition(
      "emailOneTimeAccessAsAdminEnabled", "EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED", default: "false", .flag,
      isPublic: true, givesPower: true),
    Definition("emailApiKeyExpirationEnabled", "EMAIL_API_KEY_EXPIRATION_ENABLED", default: "false", .flag),
    Definition("emailVerificationEnabled", "EMAIL_VERIFICATION_ENABLED", default: "false", .flag, isPublic: true),
    Definition("ldapEnabled", "LDAP_ENABLED", default: "false", .flag, isPublic: true),
    Definition("ldapUrl", "LDAP_URL", default: "", .text),
    Definition("ldapBindDn", "LDAP_BIND_DN", default: "", .text),
    Definition("ldapBindPassword", "LDAP_BIND_PASSWORD", default: "", .secret),
    Definition("ldapBase", "LDAP_BASE", default: "", .text),
    Definition("ldapUserSearchFilter", "LDAP_USER_SEARCH_FILTER", default: "(objectClass=person)", .text),
    Definition(
      "ldapUserGroupSearchFilter", "LDAP_USER_GROUP_SEARCH_FILTER", default: "(objectClass=groupOfNames)", .text),
    Definition("ldapSkipCertVerify", "LDAP_SKIP_CERT_VERIFY", default: "false", .flag),
    Definition("ldapAttributeUserUniqueIdentifier", "LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER", default: "", .text),
    Definition("ldapAttributeUserUsername", "LDAP_ATTRIBUTE_USER_USERNAME", default: "", .text),
    Definition("ldapAttributeUserEmail", "LDAP_ATTRIBUTE_USER_EMAIL", default: "", .text),
    Definition("ldapAttributeUserFirstName", "LDAP_ATTRIBUTE_USER_FIRST_NAME", default: "", .text),
    Definition("ldapAttributeUserLastName", "LDAP_ATTRIBUTE_USER_LAST_NAME", default: "", .text),
    Definition("ldapAttributeUserDisplayName", "LDAP_ATTRIBUTE_USER_DISPLAY_NAME", default: "cn", .text),
    Definition("ldapAttributeUserProfilePicture", "LDAP_ATTRIBUTE_USER_PROFILE_PICTURE", default: "", .text),
    Definition("ldapAttributeGroupMember", "LDAP_ATTRIBUTE_GROUP_MEMBER", default: "member", .text),
    Definition("ldapAttributeGroupUniqueIdentifier", "LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER", default: "", .text),
    Definition("ldapAttributeGroupName", "LDAP_ATTRIBUTE_GROUP_NAME", default: "", .text),
    Definition("ldapAdminGroupName", "LDAP_ADMIN_GROUP_NAME", default: "", .text),
    Definition("ldapSoftDeleteUsers", "LDAP_SOFT_DELETE_USERS", default: "true", .flag),
    Definition(
      "webauthnUserVerification", "WEBAUTHN_USER_VERIFICATION", default: "required", .oneOf(["required", "preferred"])),
    Definition("webauthnAllowSyncedPasskeys", "WEBAUTHN_ALLOW_SYNCED_PASSKEYS", default: "true", .flag),
    Definition(
      "webauthnAuthenticatorAttachment", "WEBAUTHN_AUTHENTICATOR_ATTACHMENT", default: "any",
      .oneOf(["any", "platform", "cross-platform"])),
    Definition("cimdUrlAllowlist", "CIMD_URL_ALLOWLIST", default: "[]", .urlPatterns),
  ]

  private static let byKey = Dictionary(uniqueKeysWithValues: definitions.map { ($0.key, $0) })

  public static func definition(_ key: String) -> Definition? { byKey[key] }

  /// The chosen values; an absent or empty one means the default. Secrets are not included.
  public private(set) var chosen: [String: String]
  /// The environment decides, and nothing can be changed here.
  public var isFixed: Bool

  public init(chosen: [String: String] = [:], isFixed: Bool = false) {
    self.chosen = chosen
    self.isFixed = isFixed
  }

  /// A setting's value, or its default; empty for an unknown name.
  public subscript(key: String) -> String {
    get {
      if let value = chosen[key], !value.isEmpty { return value }
      return Self.byKey[key]?.whenUnset ?? ""
    }
    set { chosen[key] = newValue }
  }

  private func isOn(_ key: String) -> Bool { self[key] == "true" }

  public var appName: String { self["appName"] }
  public var homePageURL: String { self["homePageUrl"] }
  public var accentColour: String { self["accentColor"] }
  public var disableAnimations: Bool { isOn("disableAnimations") }
  public var allowOwnAccountEdit: Bool { isOn("allowOwnAccountEdit") }
  public var emailsVerified: Bool { isOn("emailsVerified") }
  public var requireUserEmail: Bool { isOn("requireUserEmail") }
  public var emailLoginNotification: Bool { isOn("emailLoginNotificationEnabled") }
  public var emailOneTimeAccessForAll: Bool { isOn("emailOneTimeAccessAsUnauthenticatedEnabled") }
  public var emailOneTimeAccessByAdmin: Bool { isOn("emailOneTimeAccessAsAdminEnabled") }
  public var emailAPIKeyExpiration: Bool { isOn("emailApiKeyExpirationEnabled") }
  public var emailVerification: Bool { isOn("emailVerificationEnabled") }
  public var allowSyncedPasskeys: Bool { isOn("webauthnAllowSyncedPasskeys") }
  public var requiresUserVerification: Bool { self["webauthnUserVerification"] == "required" }
  /// `platform`, `cross-platform`, or nil for any.
  public var authenticatorAttachment: String? {
    let value = self["webauthnAuthenticatorAttachment"]
    return value == "any" ? nil : value
  }
  /// How long a session lives without use; nil when it was not chosen.
  public var chosenSessionMinutes: Int? { chosen["sessionDuration"].flatMap { Int($0) } }

  public enum SignupMode: String, Codable, Sendable, Equatable {
    case disabled, withToken, open
  }

  public var signupMode: SignupMode { SignupMode(rawValue: self["allowUserSignups"]) ?? .disabled }
}
