package import Foundation
import ServiceKit

/// `/settings/account` — profile, passkeys, sessions, language and theme.
package struct AccountPage: Page {
  package static let template = "account"
  let profile: Profile
  let picture: ImageField
  let passkeys: [Passkey]
  let sessions: [Session]
  let mayEdit: Bool
  let emailRequired: Bool
  let noPasskey: Bool
  let onePasskey: Bool
  let otherSessions: Bool
  let firstSteps: FirstStepsCard?
  /// Nil if there is no address.
  let emailState: EmailState?
  /// The address is not proven, and a mail that proves it can be requested.
  let asksForProof: Bool
  /// No codes are mailed to the address before then.
  let codesFrom: PageTime?
  let atAccount = true

  /// - Parameters:
  ///   - mayEdit: the setting `allowOwnAccountEdit`, and the person does not come from a directory.
  ///   - firstSteps: for an administrator who has neither done nor dismissed all of them.
  package init(
    profile: Profile, pictureURL: String? = nil, passkeys: [Passkey], sessions: [Session], mayEdit: Bool = true,
    emailRequired: Bool = true, firstSteps: FirstStepsCard? = nil, emailState: EmailState? = nil,
    asksForProof: Bool = false, codesMailedFrom: Date? = nil
  ) {
    self.profile = profile
    picture = ImageField(
      id: "picture", .profile, api: "/api/users/me/profile-picture", url: pictureURL,
      letter: Person.initial(of: profile.displayName.isEmpty ? profile.username : profile.displayName))
    self.passkeys = passkeys
    self.sessions = sessions
    self.mayEdit = mayEdit
    self.emailRequired = emailRequired
    self.firstSteps = firstSteps
    self.emailState = emailState
    self.asksForProof = asksForProof
    codesFrom = codesMailedFrom.map(PageTime.init)
    noPasskey = passkeys.isEmpty
    onePasskey = passkeys.count == 1
    otherSessions = sessions.contains { !$0.current }
  }

  /// The fields of `GET /api/users/me` that a person may change.
  package struct Profile: Sendable {
    let username: String
    let email: String
    let firstName: String
    let lastName: String
    let displayName: String

    package init(username: String, email: String?, firstName: String, lastName: String?, displayName: String) {
      self.username = username
      self.email = email ?? ""
      self.firstName = firstName
      self.lastName = lastName ?? ""
      self.displayName = displayName
    }
  }

  /// What apps are told about the address.
  package struct EmailState: Sendable {
    let isVerified: Bool
    /// Where the person can state themselves that it is theirs.
    let switchURL: String?

    /// - Parameter switchURL: for an administrator, their own page in the list of people.
    package init(isVerified: Bool, switchURL: String? = nil) {
      self.isVerified = isVerified
      self.switchURL = switchURL
    }
  }

  package struct Passkey: Sendable {
    let passkeyID: String
    let name: String
    let provider: String?
    let synced: Bool
    let created: PageTime
    let lastUsed: PageTime?

    /// - Parameters:
    ///   - name: the person's own name for it.
    ///   - provider: the AAGUID's name ("iCloud Keychain"); nil if unknown. Left out if the name says it.
    ///   - synced: its backup state flag.
    package init(id: String, name: String, provider: String?, synced: Bool, createdAt: Date, lastUsedAt: Date?) {
      self.passkeyID = id
      self.name = name
      self.provider = provider == name ? nil : provider
      self.synced = synced
      self.created = PageTime(createdAt)
      self.lastUsed = lastUsedAt.map(PageTime.init)
    }
  }

  package struct Session: Sendable {
    let sessionID: String
    let current: Bool
    let device: Device
    let ipAddress: String
    let started: PageTime
    let lastSeen: PageTime
    let withCode: Bool
    let withLink: Bool
    let withPasskey: Bool

    /// - Parameters:
    ///   - methods: the session's `amr`; `otp` is shown as "with a login code", none as the sign-up that it was.
    package init(
      id: String, current: Bool, createdAt: Date, lastSeenAt: Date, ipAddress: String, userAgent: String,
      methods: [String]
    ) {
      self.sessionID = id
      self.current = current
      self.device = Device(userAgent: userAgent)
      self.ipAddress = ipAddress
      self.started = PageTime(createdAt)
      self.lastSeen = PageTime(lastSeenAt)
      self.withCode = methods.contains("otp")
      self.withLink = methods.isEmpty
      self.withPasskey = !withCode && !withLink
    }
  }
}
