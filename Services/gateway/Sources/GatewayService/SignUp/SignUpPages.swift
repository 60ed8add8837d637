package import LatchkeyWords

/// `/signup`: a name for a new account. Opening it uses nothing up.
package struct SignUpPage: Page {
  package static let template = "sign-up"
  let token: String?
  let emailRequired: Bool
  let namesRequired = true
  let next: String
  let signInURL: String

  /// - Parameters:
  ///   - token: that of the link by which the user came.
  ///   - next: where to go afterwards; a path of ours.
  package init(token: String? = nil, emailRequired: Bool = true, next: String = "/") {
    self.token = token
    self.emailRequired = emailRequired
    self.next = next
    signInURL = SignInDestination(next: next).url("/login")
  }
}

/// `/signup` for a user who cannot sign up: why, and what to do.
package struct SignUpClosedPage: Page {
  package static let template = "sign-up-closed"

  package enum Reason: Sendable, CaseIterable {
    case closed, linkNeeded, linkInvalid
  }

  private let reason: Reason

  package init(_ reason: Reason) { self.reason = reason }

  package func worded(_ words: Words) -> [String: String] {
    switch reason {
    case .closed: ["heading": words("signUp.closedTitle"), "lead": words("signUp.closedLead")]
    case .linkNeeded: ["heading": words("signUp.linkNeededTitle"), "lead": words("signUp.linkNeededLead")]
    case .linkInvalid: ["heading": words("signUp.linkInvalidTitle"), "lead": words("signUp.linkInvalidLead")]
    }
  }
}

/// `/signup` for a signed-in user: another account is made only after they have confirmed it.
package struct SignUpAgainPage: Page {
  package static let template = "sign-up-again"
  let account: Person

  package init(account: Person) { self.account = account }
}

/// `/signup/add-passkey`: after signing up, or after signing in with a code.
package struct FirstPasskeyPage: Page {
  package static let template = "first-passkey"
  let account: Person
  let hasPasskey: Bool
  let mayAdd: Bool
  let isNew: Bool
  let app: AppSummary?
  let interaction: String?
  let next: String

  /// - Parameters:
  ///   - hasPasskey: the account has one, which may be lost; going on without another is then no risk.
  ///   - mayAdd: no passkey is asked for first. After a code by mail it is, if the account has one.
  ///   - isNew: the account was made a moment ago.
  ///   - app: the app that waits, inside an interaction.
  package init(
    account: Person, hasPasskey: Bool, mayAdd: Bool = true, isNew: Bool, app: AppSummary? = nil,
    onward: SignInDestination = SignInDestination()
  ) {
    self.account = account
    self.hasPasskey = hasPasskey
    self.mayAdd = mayAdd
    self.isNew = isNew
    self.app = app
    interaction = onward.interaction
    next = onward.next
  }
}

/// `/login/alternative`: the ways in without a passkey at hand.
package struct OtherWaysPage: Page {
  package static let template = "other-ways"
  let app: AppSummary?
  let codeURL: String
  let mailURL: String?
  let signUpURL: String?
  let backURL: String

  /// - Parameters:
  ///   - byMail: codes are sent by mail on request.
  ///   - signUp: anyone may make an account.
  package init(
    app: AppSummary? = nil, byMail: Bool = false, signUp: Bool = false, onward: SignInDestination = SignInDestination()
  ) {
    self.app = app
    codeURL = onward.url("/login/alternative/code")
    mailURL = byMail ? onward.url("/login/alternative/email") : nil
    signUpURL = signUp ? onward.url("/signup") : nil
    backURL = onward.signInURL
  }
}

/// `/login/alternative/email`: a code by mail, for this browser.
package struct CodeByMailPage: Page {
  package static let template = "code-by-mail"
  let app: AppSummary?
  /// Where the mail's link leads.
  let next: String
  let codeURL: String
  let backURL: String

  package init(app: AppSummary? = nil, onward: SignInDestination = SignInDestination()) {
    self.app = app
    next = onward.interaction == nil ? onward.next : onward.url("/interaction")
    codeURL = onward.url("/login/alternative/code")
    backURL = onward.url("/login/alternative")
  }
}
