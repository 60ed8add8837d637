import Encodings
import LatchkeyProtocol
import ServiceKit

/// Ways in besides a passkey: `/signup`, `/st`, `/login/alternative`. Opening one of them uses nothing up.
enum SignUpPageRoutes {
  static let all: [Route] = [
    Route(.get, "/signup", .page, [.bindsBrowser], signUp),
    Route(.get, "/st/:token", .page) { exchange in
      .redirect("/signup?token=\(Percent.encode(exchange.parameter("token").prefix(bytes: 128)))")
    },
    Route(.get, "/signup/add-passkey", .page, [.bindsBrowser], firstPasskey),
    Route(.get, "/login/alternative", .page, [.bindsBrowser]) { exchange in
      let (onward, app) = try await exchange.onward()
      let settings = exchange.site.appearance.last.settings
      return exchange.page(
        OtherWaysPage(
          app: app, byMail: settings.emailOneTimeAccessForAll, signUp: settings.signupMode == .open, onward: onward))
    },
    Route(.get, "/login/alternative/code", .page, [.bindsBrowser]) { exchange in
      let (onward, app) = try await exchange.onward()
      let sent = try exchange.query("sent") != nil
      return exchange.page(
        LoginCodePage(sent: sent, app: app, interaction: onward.interaction, next: onward.next))
    },
    Route(.get, "/login/alternative/email", .page, [.bindsBrowser]) { exchange in
      let (onward, app) = try await exchange.onward()
      guard exchange.site.appearance.last.settings.emailOneTimeAccessForAll else {
        return .redirect(onward.url("/login/alternative"))
      }
      return exchange.page(CodeByMailPage(app: app, onward: onward))
    },
  ]

  @Sendable private static func signUp(_ exchange: Exchange) async throws -> Response {
    if let user = try await exchange.viewer() { return exchange.page(SignUpAgainPage(account: Person(user))) }
    let token = try exchange.query("token")?.prefix(bytes: 128).nonEmpty
    let message = Auth.SignUpStatus(link: token.map { Secret($0) })
    switch try await exchange.services.auth.send(message, exchange.call) {
    case .open:
      let required = exchange.site.appearance.last.settings.requireUserEmail
      return exchange.page(SignUpPage(token: token, emailRequired: required, next: try exchange.next().text))
    case .closed: return exchange.page(SignUpClosedPage(.closed), .forbidden)
    case .linkNeeded: return exchange.page(SignUpClosedPage(.linkNeeded), .forbidden)
    case .linkInvalid: return exchange.page(SignUpClosedPage(.linkInvalid), .gone)
    }
  }

  @Sendable private static func firstPasskey(_ exchange: Exchange) async throws -> Response {
    guard let user = try await exchange.viewer(),
      case .passkeys(let passkeys) = try await exchange.services.auth.send(Auth.ListPasskeys(), exchange.call)
    else { return exchange.toSignIn() }
    let (onward, app) = try await exchange.onward()
    let isNew = try exchange.query("new") != nil
    var mayAdd = true
    if !passkeys.isEmpty {
      mayAdd = try await exchange.services.auth.send(Auth.BeginPasskey(), exchange.call) != .proofRequired
    }
    return exchange.page(
      FirstPasskeyPage(
        account: Person(user), hasPasskey: !passkeys.isEmpty, mayAdd: mayAdd, isNew: isNew, app: app, onward: onward))
  }
}

extension Exchange {
  /// Where this visit leads in the end, and the app that waits there.
  func onward() async throws -> (SignInDestination, AppSummary?) {
    guard let handle = try query("interaction").flatMap({ OIDC.InteractionHandle($0) }) else {
      return (SignInDestination(next: try next().text), nil)
    }
    // An interaction that has ended, or that belongs to another browser, shows no app; its own page says so afterwards.
    var app: AppSummary?
    if case .step(let interaction) = try await services.oidc.send(OIDC.ViewInteraction(handle), call) {
      app = AppSummary(interaction.client)
    }
    return (SignInDestination(interaction: "\(handle)"), app)
  }
}
