import Hummingbird
import LatchkeyProtocol

/// The page of settings.
enum SettingsPageRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/admin/application-configuration", .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      async let asked = exchange.viewer()
      async let answered = exchange.services.admin.getSettings(Admin.GetSettings(), exchange.call)
      guard let viewer = try await asked else { return exchange.toSignIn() }
      switch try await answered {
      case .settings(let view): return exchange.page(SettingsPage(view, groups: []), viewer: viewer)
      case .denied(.notSignedIn): return exchange.toSignIn()
      case .denied(.notAdministrator): return exchange.errorPage(.forbidden)
      case .denied(let denial): throw Refusal(denial)
      }
    }
  ]
}
