import Foundation

/// `/setup` — the first administrator names themselves and makes a passkey.
package struct SetUpPage: Page {
  package static let template = "set-up"
  let emailRequired: Bool
  let namesRequired = true
  let next: String

  /// - Parameters:
  ///   - next: where to go once set up; a path of ours.
  package init(emailRequired: Bool = true, next: String = "/settings/start") {
    self.emailRequired = emailRequired
    self.next = next
  }
}

/// `/login`, and `/interaction` while the step is `authenticate`.
package struct SignInPage: Page {
  package static let template = "sign-in"
  let app: AppSummary?
  let interaction: String?
  let next: String
  let codeURL: String

  /// - Parameters:
  ///   - app: who sent the person here, inside an interaction.
  ///   - interaction: the interaction's id; after signing in, its next step is asked for.
  ///   - next: where to go otherwise. The route must have checked that it is a path of ours.
  package init(app: AppSummary? = nil, interaction: String? = nil, next: String = "/") {
    self.app = app
    self.interaction = interaction
    self.next = next
    self.codeURL = LoginCodePage.url(interaction: interaction, next: next)
  }
}

/// `/lc` (type a login code) and `/lc/:code` (a link with one: nothing happens until its button is pressed).
package struct LoginCodePage: Page {
  package static let template = "login-code"
  let code: String?
  let app: AppSummary?
  let interaction: String?
  let next: String
  let backURL: String

  /// - Parameters:
  ///   - code: the code of `/lc/:code`, as it stands in the address; nil asks for one.
  ///   - next: a path of ours, checked by the route.
  package init(code: String? = nil, app: AppSummary? = nil, interaction: String? = nil, next: String = "/") {
    self.code = code
    self.app = app
    self.interaction = interaction
    self.next = next
    backURL =
      interaction.map { "/interaction?interaction=\(Self.query($0))" }
      ?? (next == "/" ? "/login" : "/login?redirect=\(Self.query(next))")
  }

  /// The address of the page that asks for a code, keeping where the person was going.
  static func url(interaction: String?, next: String) -> String {
    if let interaction { return "/lc?interaction=\(query(interaction))" }
    return next == "/" ? "/lc" : "/lc?redirect=\(query(next))"
  }

  private static func query(_ value: String) -> String {
    value.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.intersection(CharacterSet(charactersIn: "\0"..."~")))
      ?? ""
  }
}

/// `/logout` — asks before signing out.
package struct SignOutPage: Page {
  package static let template = "sign-out"
  let account: Person
  let backURL: String

  package init(account: Person, backURL: String = "/settings/account") {
    self.account = account
    self.backURL = backURL
  }
}

/// `/logout` for a browser that is signed out (the script goes there when it is done).
package struct SignedOutPage: Page {
  package static let template = "signed-out"

  package init() {}
}
