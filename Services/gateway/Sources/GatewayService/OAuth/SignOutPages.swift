/// `/logout`, and `/api/oidc/end-session` if an app has not proven that the user wants it — asks before signing out.
package struct SignOutPage: Page {
  package static let template = "sign-out"
  let account: Person
  let app: AppSummary?
  /// What the form sends back, so that the yes answers this question.
  let confirmation: String?
  let everywhere: Bool
  let backURL: String
  /// For the next page, as the app sent them.
  let uiLocales: String

  /// - Parameters:
  ///   - app: the app that asks, or is said to.
  ///   - everywhere: ends all sessions, and what apps hold.
  ///   - backURL: an address of the app's, for a user who stays; nil if it has none registered.
  ///   - languages: what the app asked for, best first.
  package init(
    account: Person, app: AppSummary? = nil, confirmation: String? = nil, everywhere: Bool = false,
    backURL: String? = nil, languages: [String] = []
  ) {
    self.account = account
    self.app = app
    self.confirmation = confirmation
    self.everywhere = everywhere
    self.backURL = backURL ?? "/settings/account"
    uiLocales = languages.joined(separator: " ")
  }
}

/// Signed out, with nowhere else to go.
package struct SignedOutPage: Page {
  package static let template = "signed-out"
  let app: AppSummary?
  let link: String?
  let isAddressUnknown: Bool
  let isUnproven: Bool
  let frames: [String]

  /// - Parameters:
  ///   - app: the app that asked.
  ///   - link: an address of the app's that the person may follow.
  ///   - isAddressUnknown: the app named another one, which is not registered for it.
  ///   - isUnproven: an address was named, and nothing proves whose it is.
  ///   - frames: what the browser loads so that apps end their own sessions.
  package init(
    app: AppSummary? = nil, link: String? = nil, isAddressUnknown: Bool = false, isUnproven: Bool = false,
    frames: [String] = []
  ) {
    self.app = app
    self.link = app == nil ? nil : link
    self.isAddressUnknown = isAddressUnknown && app != nil
    self.isUnproven = isUnproven
    self.frames = frames
  }
}

/// Signed out; frames tell the apps, and then the browser goes on to the one that asked.
package struct LeavingPage: Page {
  package static let template = "leaving"
  let app: AppSummary
  let destination: String
  let frames: [String]

  package init(app: AppSummary, destination: String, frames: [String]) {
    self.app = app
    self.destination = destination
    self.frames = frames
  }
}
