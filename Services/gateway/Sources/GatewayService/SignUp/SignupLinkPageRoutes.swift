import LatchkeyProtocol
import ServiceKit

/// `/settings/admin/signup-links`.
enum SignupLinkPageRoutes {
  private static let path = "/settings/admin/signup-links"

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      let request = try Admin.PageRequest(exchange.query())
      return try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.ListSignupLinks(page: request), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .links(let links): return exchange.page(page(links, exchange), viewer: viewer)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    }
  ]

  private static func page(_ links: Admin.Page<Admin.SignupLink>, _ exchange: Exchange) -> SignupLinksPage {
    let rows = links.items.map { link in
      SignupLinksPage.Row(
        id: "\(link.id)", url: "\(exchange.site.settings.appURL.issuer)/st/\(link.token.exposed)",
        token: link.token.exposed, used: link.usageCount, limit: link.usageLimit,
        groups: link.groups.map(\.friendlyName), expiresAt: link.expiresAt)
    }
    let pager = Pager(page: links.page, perPage: links.limit, total: links.total) { number in
      "\(path)?pagination%5Bpage%5D=\(number)&pagination%5Blimit%5D=\(links.limit)"
    }
    let isOff = exchange.site.appearance.last.settings.signupMode == .disabled
    return SignupLinksPage(links: rows, isOff: isOff, pager: pager)
  }
}
