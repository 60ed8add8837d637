// Settings/ owns the installation's settings, its look and its images.

import LatchkeyProtocol

/// The settings: some of them for everybody, all of them for administrators.
enum SettingsRoutes {
  private static let path = "/api/application-configuration"

  static let all: [Route] = [
    Route(.get, path, .api) { exchange in
      let appearance = try await exchange.services.auth.send(Auth.GetAppearance(), exchange.call)
      return .json(.publicSettings(appearance.settings))
    },
    Route(.get, "\(path)/all", .api) { exchange in
      .json(.allSettings(try await view(exchange)))
    },
    Route(.put, path, .api) { exchange in
      var fields = try exchange.json()
      let message = Admin.UpdateSettings(&fields)
      try fields.check()
      let answer = try await exchange.services.admin.send(message, exchange.call)
      // Whatever the outcome, the next page asks again.
      exchange.site.appearance.drop()
      switch answer {
      case .updated(let view): return .json(.allSettings(view))
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .fixed:
        throw Refusal(
          .forbidden, "ui_config_disabled", "The UI configuration is disabled: the environment decides the settings.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    // No directory can be connected in this release: the answer is what a disconnected one has always been.
    Route(.post, "\(path)/sync-ldap", .api) { exchange in
      _ = try exchange.optionalJSON()
      _ = try await view(exchange)
      throw Refusal(.conflict, "ldap_disabled", "LDAP is not enabled.")
    },
  ]

  static func view(_ exchange: Exchange) async throws -> Admin.SettingsView {
    switch try await exchange.services.admin.send(Admin.GetSettings(), exchange.call) {
    case .settings(let view): return view
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
