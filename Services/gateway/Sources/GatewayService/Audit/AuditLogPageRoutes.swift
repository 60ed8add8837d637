import Encodings
import Foundation
import LatchkeyProtocol
import LatchkeyWords

/// Pages of the audit log.
enum AuditLogPageRoutes {
  static let all: [Route] = [
    Route(.get, AuditLogAddress.own, .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      let page = try Admin.PageRequest(exchange.query())
      async let viewer = exchange.viewer()
      async let answer = exchange.services.admin.send(Admin.ListOwnAuditLog(page: page), exchange.call)
      guard let viewer = try await viewer, case .entries(let entries) = try await answer else {
        return exchange.toSignIn()
      }
      let pager = Pager(page: entries.page, perPage: entries.limit, total: entries.total) { number in
        "\(AuditLogAddress.own)?pagination%5Bpage%5D=\(number)"
      }
      return exchange.page(
        AuditLogPage(entries: rows(entries, false, exchange), filters: nil, pager: pager), viewer: viewer)
    },
    // Pocket ID's address for the same page.
    Route(.get, "\(AuditLogAddress.own)/global", .page, [.settings]) { _ in .redirect(AuditLogAddress.all) },
    Route(.get, AuditLogAddress.all, .page, [.settings]) { exchange in
      // The form sends empty fields, too.
      let query = try exchange.query().filter { !$0.name.hasPrefix("filters[") || !$0.value.isEmpty }
      let page = try Admin.PageRequest(query, filters: Admin.AuditLogFilter.names)
      let filter = try Admin.AuditLogFilter(query)
      return try await exchange.forAdministrators { exchange in
        let admin = exchange.services.admin
        async let entries = admin.send(Admin.ListAuditLog(page: page, filter: filter), exchange.call)
        async let apps = admin.send(Admin.ListAuditedClients(), exchange.call)
        return (try await entries, try await apps)
      } page: { answer, viewer in
        switch answer {
        case (.entries(let entries), .names(let apps)):
          return exchange.page(all(entries, apps, query, filter, exchange), viewer: viewer)
        case (.denied(let denial), _), (_, .denied(let denial)): return try exchange.denied(denial)
        }
      }
    },
  ]

  private static func all(
    _ entries: Admin.Page<Admin.AuditLogEntry>, _ apps: [String], _ query: [FormField], _ filter: Admin.AuditLogFilter,
    _ exchange: Exchange
  ) -> AuditLogPage {
    let filters = AuditLogPage.Filters(
      query, filter, apps: apps, people: people(entries.items), words: Words.of(exchange.frame().language))
    let kept = query.filter { $0.name.hasPrefix("filters[") }
    let pager = Pager(page: entries.page, perPage: entries.limit, total: entries.total) { number in
      AuditLogPage.address(kept, page: number)
    }
    return AuditLogPage(entries: rows(entries, true, exchange), filters: filters, pager: pager)
  }

  private static func rows(
    _ entries: Admin.Page<Admin.AuditLogEntry>, _ everybody: Bool, _ exchange: Exchange
  ) -> [AuditLogPage.Entry] {
    let words = Words.of(exchange.frame().language)
    return entries.items.map { AuditLogPage.Entry($0, everybody: everybody, words: words) }
  }

  /// Names of the people on the page, for filters that have their ids.
  private static func people(_ entries: [Admin.AuditLogEntry]) -> [UserID: String] {
    let named = entries.flatMap { [$0.user, $0.actor] }.compactMap { somebody in
      somebody.flatMap { somebody in somebody.id.map { ($0, somebody.username) } }
    }
    return Dictionary(named) { first, _ in first }
  }
}
