package import LatchkeyProtocol

/// `/settings/admin/application-configuration`
package struct SettingsPage: Page {
  package static let template = "settings"
  let form: SettingsForm
  let groups: [Group]
  let isFixed: Bool
  /// Proxies nearby that say for whom they ask and are not believed.
  let unbelievedProxies: [String]
  let look: LookSection
  let atSettings = true

  /// - Parameters:
  ///   - groups: all that somebody who signs up could join.
  ///   - images: versions of the operator's images, as in `Auth.Appearance`.
  package init(
    _ view: Admin.SettingsView, groups: [GroupSummary], images: [String: String] = [:],
    unbelievedProxies: [String] = []
  ) {
    form = SettingsForm(view)
    let chosen = Set(view.settings.signupDefaultGroups)
    self.groups = groups.map { Group(groupID: "\($0.id)", name: $0.friendlyName, isChosen: chosen.contains($0.id)) }
    isFixed = view.settings.isFixed
    self.unbelievedProxies = unbelievedProxies
    look = LookSection(accent: view.settings.accentColour, images: images, isFixed: view.settings.isFixed)
  }

  package struct Group: Sendable {
    let groupID: String
    let name: String
    let isChosen: Bool
  }
}

/// The settings as the form shows them.
package struct SettingsForm: Sendable {
  let appName, sessionDuration, homePageUrl: String
  let allowOwnAccountEdit, disableAnimations: Bool
  let signUpDisabled, signUpWithToken, signUpOpen: Bool
  /// One `name=value` to a line.
  let claims: String
  let requireUserEmail, emailsVerified: Bool
  let verificationRequired, allowSynced: Bool
  let attachmentAny, attachmentPlatform, attachmentRoaming: Bool
  let smtpHost, smtpPort, smtpFrom, smtpUser: String
  /// The mask, where one is kept.
  let smtpPassword: String
  let smtpPlain, smtpStartTLS, smtpWholeTLS, smtpSkipCertVerify: Bool
  let emailLoginNotification, emailVerification, emailCodesByAdmin, emailCodesForAll, emailKeyExpiration: Bool

  init(_ view: Admin.SettingsView) {
    let settings = view.settings
    appName = settings.appName
    sessionDuration = settings["sessionDuration"]
    homePageUrl = settings.homePageURL
    allowOwnAccountEdit = settings.allowOwnAccountEdit
    disableAnimations = settings.disableAnimations
    signUpDisabled = settings.signupMode == .disabled
    signUpWithToken = settings.signupMode == .withToken
    signUpOpen = settings.signupMode == .open
    claims = settings.signupDefaultClaims.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    requireUserEmail = settings.requireUserEmail
    emailsVerified = settings.emailsVerified
    verificationRequired = settings.requiresUserVerification
    allowSynced = settings.allowSyncedPasskeys
    attachmentAny = settings.authenticatorAttachment == nil
    attachmentPlatform = settings.authenticatorAttachment == "platform"
    attachmentRoaming = settings.authenticatorAttachment == "cross-platform"
    smtpHost = settings["smtpHost"]
    smtpPort = settings["smtpPort"]
    smtpFrom = settings["smtpFrom"]
    smtpUser = settings["smtpUser"]
    smtpPassword = view.secrets.contains("smtpPassword") ? ApplicationSettings.mask : ""
    smtpPlain = settings["smtpTls"] == "none"
    smtpStartTLS = settings["smtpTls"] == "starttls"
    smtpWholeTLS = settings["smtpTls"] == "tls"
    smtpSkipCertVerify = settings["smtpSkipCertVerify"] == "true"
    emailLoginNotification = settings.emailLoginNotification
    emailVerification = settings.emailVerification
    emailCodesByAdmin = settings.emailOneTimeAccessByAdmin
    emailCodesForAll = settings.emailOneTimeAccessForAll
    emailKeyExpiration = settings.emailAPIKeyExpiration
  }
}
