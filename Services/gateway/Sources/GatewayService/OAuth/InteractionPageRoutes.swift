import Encodings
import Foundation
import LatchkeyProtocol

/// `/interaction`: the page for the step at which an app's sign-in stands. It asks `oidc` alone.
enum InteractionPageRoutes {
  static let all: [Route] = [
    Route(.get, "/interaction", .page, [.bindsBrowser]) { exchange in
      guard let handle = try exchange.query("interaction").flatMap({ OIDC.InteractionHandle($0) }) else {
        return exchange.errorPage(.interactionExpired)
      }
      let message = OIDC.ViewInteraction(handle)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .step(let interaction):
        var response = page(interaction, exchange)
        // Cancelling is a form of ours, whose answer sends the browser on to the app.
        response.headers[.contentSecurityPolicy] = SecurityHeaders.policyOfLeaving
        return response
      case .finishOnPage: throw ServiceFailure(.internal, mayHaveHappened: false, "The page cannot finish elsewhere.")
      case let other: return arrived(other, handle, exchange)
      }
    },
    // A form, not a script's call: a user who wants to leave can, before scripts have run.
    Route(.post, "/interaction/cancel", .page) { exchange in
      let field = try exchange.form().first { $0.name == "interaction" }
      guard let handle = field.flatMap({ OIDC.InteractionHandle($0.value) }) else {
        return exchange.errorPage(.interactionExpired)
      }
      let message = OIDC.CancelInteraction(handle)
      return arrived(try await exchange.services.oidc.send(message, exchange.call), handle, exchange)
    },
  ]

  private static func arrived(
    _ progress: OIDC.Progress, _ handle: OIDC.InteractionHandle, _ exchange: Exchange
  ) -> Response {
    switch progress {
    case .redirect(let url): .redirect(url, exchange.request.method == .post ? .seeOther : .found)
    case .post(let form): exchange.formPost(form)
    case .step, .finishOnPage: .redirect("/interaction?interaction=\(handle)", .seeOther)
    case .page(let refusal): exchange.errorPage(refusal)
    case .gone(let elsewhere): exchange.errorPage(elsewhere == true ? .anotherBrowser : .interactionExpired)
    }
  }

  private static func page(_ interaction: OIDC.Interaction, _ exchange: Exchange) -> Response {
    let app = AppSummary(interaction.client)
    let id = "\(interaction.handle)"
    let languages = interaction.languages
    // A step for a user who is not signed in begins with signing in.
    guard let account = interaction.user.map(exchange.person), interaction.currentStep != .authenticate else {
      return exchange.page(SignInPage(app: app, interaction: id), languages: languages)
    }
    switch interaction.currentStep {
    case .authenticate: return exchange.page(SignInPage(app: app, interaction: id), languages: languages)
    case .selectAccount:
      return exchange.page(ChooseAccountPage(app: app, interaction: id, account: account), languages: languages)
    case .reauthenticate:
      return exchange.page(ReauthenticatePage(app: app, interaction: id, account: account), languages: languages)
    case .consent:
      return exchange.page(
        ConsentPage(
          app: app, interaction: id, account: account, emailVerified: interaction.user?.emailVerified == true,
          scopes: interaction.scopes),
        languages: languages)
    }
  }
}

extension AppSummary {
  init(_ client: OIDC.ClientSummary) {
    self.init(
      name: client.name, logoURL: ImageAddress.logo(client.id, client.logos),
      darkLogoURL: ImageAddress.darkLogo(client.id, client.logos), address: client.returnsTo.map(Self.host))
  }

  /// The host of an origin; the origin itself if it has none, such as an app's own scheme.
  static func host(_ origin: String) -> String {
    guard let url = URLComponents(string: origin), let host = url.host, !host.isEmpty else { return origin }
    return url.port.map { "\(host):\($0)" } ?? host
  }
}
