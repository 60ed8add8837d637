// The steps of an unfinished authorization that need the user, at `/interaction?interaction=ID`. Each ends in a JSON
// call that answers with the next step or with where to go; the page does not decide which step that is.

/// Step `select_account`: continue as the signed-in person, or as another.
package struct ChooseAccountPage: Page {
  package static let template = "choose-account"
  let app: AppSummary
  let interaction: String
  let account: Person

  package init(app: AppSummary, interaction: String, account: Person) {
    self.app = app
    self.interaction = interaction
    self.account = account
  }
}

/// Step `reauthenticate`: the app asks for the passkey again.
package struct ReauthenticatePage: Page {
  package static let template = "reauthenticate"
  let app: AppSummary
  let interaction: String
  let account: Person

  package init(app: AppSummary, interaction: String, account: Person) {
    self.app = app
    self.interaction = interaction
    self.account = account
  }
}

/// Step `consent`: who asks, who you are, what it will see.
package struct ConsentPage: Page {
  package static let template = "consent"
  let app: AppSummary
  let interaction: String
  let account: Person
  /// What the app is told about the address, if it sees one.
  let emailVerified: Bool
  let seesProfile: Bool
  let seesEmail: Bool
  let seesGroups: Bool
  let staysSignedIn: Bool
  let others: [Scope]

  /// A permission of an API, in its owner's words.
  package struct Scope: Sendable {
    let name: String
    let explanation: String?

    package init(name: String, explanation: String? = nil) {
      self.name = name
      self.explanation = explanation
    }
  }

  /// - Parameters:
  ///   - scopes: the requested scopes; `openid`, `profile`, `email`, `groups` and `offline_access` are put in words,
  ///     any other is named as it is unless `descriptions` has its words.
  package init(
    app: AppSummary, interaction: String, account: Person, emailVerified: Bool = false, scopes: [String],
    descriptions: [String: Scope] = [:]
  ) {
    self.app = app
    self.interaction = interaction
    self.account = account
    self.emailVerified = emailVerified
    seesProfile = scopes.contains("profile")
    seesEmail = scopes.contains("email")
    seesGroups = scopes.contains("groups")
    staysSignedIn = scopes.contains("offline_access")
    let known: Set = ["openid", "profile", "email", "groups", "offline_access"]
    others = scopes.filter { !known.contains($0) }.map { descriptions[$0] ?? Scope(name: $0) }
  }
}
