// KnownApps/ owns the collection of apps that can be connected by choosing them, and the pages that connect them.

import LatchkeyProtocol
import LatchkeyWords
import ServiceKit

/// Connecting a known app: which one it is, where it runs, what goes into its settings.
enum KnownAppRoutes {
  private static let path = "/settings/admin/oidc-clients"

  static let all: [Route] = [
    Route(.get, "\(path)/new", .page, [.settings], new),
    Route(.get, "\(path)/:id/connect", .page, [.settings]) { exchange in
      let id = try exchange.clientID()
      return try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.GetClient(id: id), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .client(let client):
          // A client that is no known app has nothing more to show than its own page does.
          async let offered = exchange.offered()
          guard let app = await app(of: id, exchange) else { return .redirect(ClientPage.url(id: id)) }
          return exchange.page(connect(client, app, await offered, exchange), viewer: viewer)
        case .notFound: return exchange.errorPage(.notFound)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    },
    Route(.put, "/api/oidc/clients/:id/known-app", .api) { exchange in
      var fields = try exchange.json()
      let app = fields.text("knownApp")
      if let app, exchange.site.pages.apps[app] == nil {
        fields.refuse("knownApp", "invalid", "No known app has this id.")
      }
      try fields.check()
      let message = Admin.SetKnownApp(clientID: try exchange.clientID(), app: app)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .noted: return .noContent
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  /// Without a choice the list to choose from; with one the form for it, and for another app the plain form.
  @Sendable private static func new(_ exchange: Exchange) async throws -> Response {
    guard let viewer = try await exchange.viewer() else { return exchange.toSignIn() }
    guard viewer.isAdmin else { return exchange.errorPage(.forbidden) }
    let apps = exchange.site.pages.apps
    switch try exchange.query("app") {
    case "other": return exchange.page(NewClientPage(algorithms: await exchange.offered().algorithms), viewer: viewer)
    case let id?:
      guard let app = apps[id] else { return exchange.errorPage(.notFound) }
      let endpoints = exchange.endpoints(await exchange.offered())
      return exchange.page(
        NewKnownClientPage(app, endpoints: endpoints, providerName: exchange.site.instance.name), viewer: viewer)
    case nil:
      let search = (try exchange.query("search") ?? "").prefix(bytes: longestSearch)
      let words = Words.of(exchange.frame().language)
      let category: (String) -> String = { words("category.\($0)") }
      return exchange.page(
        ChooseAppPage(apps: apps.search(search, category: category), search: search, category: category),
        viewer: viewer)
    }
  }

  /// How many bytes of a search are read: no app's name is longer.
  private static let longestSearch = 100

  /// Which known app a client is; nil if none, or while `admin` cannot say.
  static func app(of clientID: String, _ exchange: Exchange) async -> KnownApp? {
    let message = Admin.GetKnownApp(clientID: clientID)
    let answer = try? await exchange.services.admin.send(message, exchange.call)
    guard case .app(let id?)? = answer else { return nil }
    return exchange.site.pages.apps[id]
  }

  private static func connect(
    _ client: Admin.Client, _ app: KnownApp, _ offered: AdvertisedEndpoints, _ exchange: Exchange
  ) -> ConnectClientPage {
    ConnectClientPage(
      app, clientID: client.id, name: client.settings.name, callbackURLs: client.settings.callbackURLs,
      logoutCallbackURLs: client.settings.logoutCallbackURLs,
      backchannelLogoutURL: client.settings.backchannelLogoutURI, launchURL: client.settings.launchURL,
      secrets: client.settings.isPublic ? nil : client.secrets.count, endpoints: exchange.endpoints(offered),
      providerName: exchange.site.instance.name)
  }
}
