// Audit/ owns how the audit log is shown.

import Encodings
import LatchkeyProtocol

/// The audit log.
enum AuditLogRoutes {
  static let all: [Route] = [
    Route(.get, "/api/audit-logs", .api) { exchange in
      let query = try exchange.query()
      let message = Admin.ListOwnAuditLog(
        page: try Admin.PageRequest(query, filters: Admin.AuditLogFilter.names), filter: try Admin.AuditLogFilter(query)
      )
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .entries(let page): return .json(.list(page) { .recordEntry($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/audit-logs/all", .api) { exchange in
      let query = try exchange.query()
      let message = Admin.ListAuditLog(
        page: try Admin.PageRequest(query, filters: Admin.AuditLogFilter.names), filter: try Admin.AuditLogFilter(query)
      )
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .entries(let page): return .json(.list(page) { .recordEntry($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/audit-logs/filters/client-names", .api) { exchange in
      let message = Admin.ListAuditedClients()
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .names(let names): return .json(.texts(names))
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/audit-logs/filters/users", .api) { exchange in
      let message = Admin.ListAuditedUsers()
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .users(let users):
        let byID = users.compactMap { user in user.id.map { ("\($0)", JSONValue.string(user.username)) } }
        return .json(.object(Dictionary(byID) { first, _ in first }))
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]
}
