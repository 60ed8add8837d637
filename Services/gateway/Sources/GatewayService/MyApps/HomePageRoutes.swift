import Encodings
import LatchkeyProtocol
import ServiceKit

/// The way in: `/`, `/login`, `/lc`, `/setup`.
enum HomePageRoutes {
  static let all: [Route] = [
    Route(.get, "/", .page, [], home),
    Route(.get, "/login", .page, [.bindsBrowser], signIn),
    Route(.get, "/lc", .page, [.bindsBrowser], loginCode),
    Route(.get, "/lc/:code", .page, [.bindsBrowser], loginCode),
    Route(.get, "/setup", .page, [.bindsBrowser]) { exchange in
      switch try await exchange.services.auth.send(Auth.SetupStatus(), exchange.call) {
      case .open: exchange.page(SetUpPage(asksForCode: exchange.asksForSetupCode))
      case .closed: exchange.errorPage(.setupClosed)
      }
    },
    Route(.get, "/interaction/error", .page) { exchange in exchange.errorPage(.badRequest) },
  ]

  @Sendable private static func home(_ exchange: Exchange) async throws -> Response {
    if try await exchange.viewer() != nil { return .redirect(exchange.homePage) }
    switch try await exchange.services.auth.send(Auth.SetupStatus(), exchange.call) {
    case .open: return .redirect("/setup")
    case .closed: return .redirect("/login")
    }
  }

  @Sendable private static func signIn(_ exchange: Exchange) async throws -> Response {
    let next = try exchange.next()
    if try await exchange.viewer() != nil { return .redirect(next == .home ? exchange.homePage : next.text) }
    return exchange.page(SignInPage(next: next.text, signUp: exchange.maySignUp))
  }

  @Sendable private static func loginCode(_ exchange: Exchange) async throws -> Response {
    let code = exchange.parameters["code"]?.prefix(bytes: 128)
    let (onward, app) = try await exchange.onward()
    return exchange.page(LoginCodePage(code: code, app: app, interaction: onward.interaction, next: onward.next))
  }
}

extension Exchange {
  /// Whether the caller has to give the code from the log to set this up.
  var asksForSetupCode: Bool { site.settings.appURL.asksForSetupCode(isFromThisMachine: isFromThisMachine) }

  /// Whether anyone may make an account here.
  var maySignUp: Bool { site.appearance.last.settings.signupMode == .open }

  /// Where to go after signing in: the query's `redirect`, if it is a path of ours.
  func next() throws(Refusal) -> LocalPath {
    try query("redirect").flatMap { LocalPath($0) } ?? .home
  }

  /// Where people arrive: the administrator's choice, a path of ours or an address on any site. `/` itself would lead
  /// back here.
  var homePage: String {
    let chosen = site.appearance.last.settings.homePageURL
    return chosen == "/" ? "/settings/account" : chosen
  }

  /// The signed-in user. Without a session cookie no service is asked.
  func viewer() async throws -> User? {
    guard call.caller.session != nil else { return nil }
    switch try await services.auth.send(Auth.CurrentSession(), call) {
    case .signedIn(let user, _): return user
    case .signedOut: return nil
    }
  }

  /// To the sign-in page, and back here afterwards.
  func toSignIn() -> Response { .redirect(signInURL) }

  /// The sign-in page, which leads back here.
  var signInURL: String {
    let here = path + (rawQuery.map { "?\($0)" } ?? "")
    return "/login?redirect=\(Percent.encode(LocalPath(here)?.text ?? "/"))"
  }
}
