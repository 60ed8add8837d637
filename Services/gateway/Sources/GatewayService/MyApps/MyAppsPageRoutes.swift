// MyApps/ owns what users see of their apps: those that they may open, and what they agreed to for each.

import LatchkeyProtocol

/// `/settings/apps`: what a person may open. It asks `auth` who the caller is, and `oidc` alone for the rest.
enum MyAppsPageRoutes {
  private static let path = "/settings/apps"

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      let request = try Admin.PageRequest(exchange.query())
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      async let viewer = exchange.viewer()
      async let clients = exchange.services.oidc.send(
        OIDC.ListAccessibleClients(page: request), exchange.call)
      guard let viewer = try await viewer, case .clients(let found) = try await clients else {
        return exchange.toSignIn()
      }
      let page = MyAppsPage(
        apps: found.items.map { app in
          MyAppsPage.App(
            id: app.client.id, name: app.client.name, description: app.client.description,
            logoURL: ImageAddress.logo(app.client.id, app.client.logos),
            darkLogoURL: ImageAddress.darkLogo(app.client.id, app.client.logos), launchURL: app.client.launchURL,
            lastUsedAt: app.lastUsedAt, hasConsent: app.hasConsent,
            scopes: app.scopes)
        }, search: request.search ?? "", pager: Pager(found, at: path, request.search))
      return exchange.page(page, viewer: viewer)
    }
  ]
}
