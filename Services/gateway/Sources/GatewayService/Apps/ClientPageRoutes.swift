import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit

/// `/settings/admin/oidc-clients`: list and detail. The caller and the data that they ask for are fetched concurrently.
enum ClientPageRoutes {
  private static let path = "/settings/admin/oidc-clients"

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      let request = try Admin.PageRequest(exchange.query())
      return try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.ListClients(page: request), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .clients(let clients): return exchange.page(list(clients, request.search), viewer: viewer)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    },
    Route(.get, "\(path)/:id", .page, [.settings]) { exchange in
      let id = try exchange.clientID()
      return try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.GetClient(id: id), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .client(let client):
          async let app = KnownAppRoutes.app(of: id, exchange)
          async let offered = exchange.offered()
          async let notices = LogoutNoticeRoutes.part(of: client, exchange)
          return exchange.page(detail(client, await app, await offered, await notices, exchange), viewer: viewer)
        case .notFound: return exchange.errorPage(.notFound)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    },
  ]

  private static func list(_ clients: Admin.Page<Admin.Client>, _ search: String?) -> ClientsPage {
    let rows = clients.items.map { client in
      ClientsPage.Row(
        id: client.id, name: client.settings.name, description: client.settings.description,
        logoURL: ImageAddress.logo(client.id, client.logos),
        darkLogoURL: ImageAddress.darkLogo(client.id, client.logos),
        address: (client.settings.launchURL ?? client.settings.callbackURLs.first).map(AppSummary.host),
        isPublic: client.settings.isPublic, createdAt: client.createdAt)
    }
    let pager = Pager(page: clients.page, perPage: clients.limit, total: clients.total) { number in
      let query = search.map { "&search=\(Percent.encode($0))" } ?? ""
      return "\(path)?pagination%5Bpage%5D=\(number)&pagination%5Blimit%5D=\(clients.limit)\(query)"
    }
    return ClientsPage(clients: rows, search: search ?? "", pager: pager)
  }

  private static func detail(
    _ client: Admin.Client, _ app: KnownApp?, _ offered: AdvertisedEndpoints, _ notices: LogoutNoticesPart?,
    _ exchange: Exchange
  ) -> ClientPage {
    let settings = client.settings
    return ClientPage(
      id: client.id, description: settings.description, logoURL: ImageAddress.logo(client.id, client.logos),
      darkLogoURL: ImageAddress.darkLogo(client.id, client.logos),
      form: ClientForm(settings, algorithms: offered.algorithms),
      endpoints: exchange.endpoints(offered),
      secrets: client.secrets.map { secret in
        ClientPage.Secret(
          id: "\(secret.id)", prefix: secret.prefix, createdAt: secret.createdAt, expiresAt: secret.expiresAt,
          lastUsedAt: secret.lastUsedAt, isActive: secret.isActive)
      }, knownApp: app?.name, restricted: settings.isGroupRestricted ?? false,
      groups: (client.allowedGroups ?? []).map { group in
        ClientPage.Group(id: "\(group.id)", name: group.friendlyName, userCount: group.userCount)
      }, scopes: app?.scopes, notices: notices)
  }
}
