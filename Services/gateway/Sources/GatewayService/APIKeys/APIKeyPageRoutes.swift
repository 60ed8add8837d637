import Foundation
import LatchkeyProtocol

/// The page of the caller's own API keys.
enum APIKeyPageRoutes {
  private static let path = "/settings/api-keys"

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      var request = try Admin.PageRequest(exchange.query())
      request.sortColumn = "createdAt"
      request.descending = true
      async let asked = exchange.viewer()
      async let answered = exchange.services.admin.send(Admin.ListAPIKeys(page: request), exchange.call)
      guard let viewer = try await asked, case .keys(let keys) = try await answered else { return exchange.toSignIn() }
      let rows = keys.items.map { key in
        APIKeysPage.Key(
          id: "\(key.id)", name: key.name, description: key.description, expiresAt: key.expiresAt,
          lastUsedAt: key.lastUsedAt)
      }
      let pager = Pager(page: keys.page, perPage: keys.limit, total: keys.total) { number in
        "\(path)?pagination%5Bpage%5D=\(number)&pagination%5Blimit%5D=\(keys.limit)"
      }
      return exchange.page(APIKeysPage(keys: rows, pager: pager), viewer: viewer)
    },
    // Pocket ID has it among its administration pages.
    Route(.get, "/settings/admin/api-keys", .page, [.settings]) { _ in .redirect(path) },
  ]
}
