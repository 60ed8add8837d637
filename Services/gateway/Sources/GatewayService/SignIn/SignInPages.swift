/// `/setup` — the first administrator names themselves and makes a passkey.
package struct SetUpPage: Page {
  package static let template = "set-up"
  let emailRequired: Bool
  let asksForCode: Bool
  let namesRequired = true
  /// Whether the switch that says "this address is mine" is on at first. It is: people who type their own address
  /// seldom type another's, an administrator may say the same of any address a moment later, so it gives no power, and
  /// with it off the first sign-in to many an app fails without a word that leads back here. A script's call says it
  /// only explicitly.
  let emailVerified = true
  let next: String

  /// - Parameters:
  ///   - asksForCode: for the code from the log.
  ///   - next: where to go once set up; a path of ours.
  package init(emailRequired: Bool = true, asksForCode: Bool = false, next: String = "/settings/start") {
    self.emailRequired = emailRequired
    self.asksForCode = asksForCode
    self.next = next
  }
}

/// `/login`, and `/interaction` while the step is `authenticate`.
package struct SignInPage: Page {
  package static let template = "sign-in"
  let app: AppSummary?
  let interaction: String?
  let next: String
  let otherWaysURL: String
  let signUpURL: String?

  /// - Parameters:
  ///   - app: the app that sent the person here, inside an interaction.
  ///   - interaction: the interaction's id; after signing in, its next step is requested.
  ///   - next: where to go otherwise. The route must have checked that it is a path of ours.
  ///   - signUp: anyone may make an account.
  package init(
    app: AppSummary? = nil, interaction: String? = nil, next: String = "/", signUp: Bool = false
  ) {
    self.app = app
    self.interaction = interaction
    self.next = next
    let onward = SignInDestination(interaction: interaction, next: next)
    otherWaysURL = onward.url("/login/alternative")
    signUpURL = signUp ? onward.url("/signup") : nil
  }
}

/// `/lc` (type a login code) and `/lc/:code` (a link with one: nothing happens until its button is pressed).
package struct LoginCodePage: Page {
  package static let template = "login-code"
  let code: String?
  let sent: Bool
  let app: AppSummary?
  let interaction: String?
  let next: String
  let backURL: String

  /// - Parameters:
  ///   - code: the code of `/lc/:code`, as it stands in the URL; nil asks for one.
  ///   - sent: one was requested by mail a moment ago.
  ///   - next: a path of ours, checked by the route.
  package init(
    code: String? = nil, sent: Bool = false, app: AppSummary? = nil, interaction: String? = nil, next: String = "/"
  ) {
    self.code = code
    self.sent = sent && code == nil
    self.app = app
    self.interaction = interaction
    self.next = next
    backURL = SignInDestination(interaction: interaction, next: next).signInURL
  }
}
