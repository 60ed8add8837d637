import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

/// Reading the record.
extension AdminService {
  func listOwnAuditLog(
    _ message: Admin.ListOwnAuditLog, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListOwnAuditLog.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    var filter = message.filter
    (filter.users, filter.person) = ([principal.user.id], nil)
    return .entries(try await record(filter, message.page, call))
  }

  func listAuditLog(
    _ message: Admin.ListAuditLog, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListAuditLog.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .entries(try await record(message.filter, message.page, call))
    }
  }

  func listAuditedClients(
    _ message: Admin.ListAuditedClients, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListAuditedClients.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .names(try await store.search(AuditLogFilters.Clients(limit: AuditLogLimits.choices), call))
    }
  }

  func listAuditedUsers(
    _ message: Admin.ListAuditedUsers, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListAuditedUsers.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .users(try await store.search(AuditLogFilters.Users(limit: AuditLogLimits.choices), call))
    }
  }

  private func record(
    _ filter: Admin.AuditLogFilter, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.AuditLogEntry> {
    var query = AuditLogQuery()
    query.users = filter.users.prefix(AuditLogLimits.values).map(\.uuid)
    query.actors = filter.actors.prefix(AuditLogLimits.values).map(\.uuid)
    query.events = Array(filter.events.prefix(AuditLogLimits.values))
    query.clientNames = Array(filter.clientNames.prefix(AuditLogLimits.values))
    query.isInternal = filter.location.map { $0 == .internal }
    query.ranges = places.texts
    (query.from, query.to) = (filter.from, filter.to)
    if let name = filter.person.map({ String($0.prefix(Admin.ListBounds.longestSearch)) }), !name.isEmpty {
      query.person = try await store.first(AuditLogFilters.FindPerson(name), call)
      if query.person == nil { query.formerName = name.lowercased() }
      return try await list(
        query.person == nil ? AuditLogScopes.Filtered.self : AuditLogScopes.OfPerson.self, query, page, call)
    }
    let isTimeOnly =
      filter.users.isEmpty && filter.actors.isEmpty && filter.events.isEmpty && filter.clientNames.isEmpty
      && filter.location == nil
    if isTimeOnly { return try await list(AuditLogScopes.Unfiltered.self, query, page, call) }
    if query.users.count == 1 {
      query.person = query.users.first
      return try await list(AuditLogScopes.OfUser.self, query, page, call)
    }
    if query.actors.count == 1 {
      query.person = query.actors.first
      return try await list(AuditLogScopes.OfPerson.self, query, page, call)
    }
    if query.clientNames.count == 1 {
      query.word = query.clientNames.first
      return try await list(AuditLogScopes.OfClient.self, query, page, call)
    }
    if query.events.count == 1 {
      query.word = query.events.first
      return try await list(AuditLogScopes.OfEvent.self, query, page, call)
    }
    return try await list(AuditLogScopes.Filtered.self, query, page, call)
  }

  private func list(
    _ scope: any AuditLogScope.Type, _ query: AuditLogQuery, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.AuditLogEntry> {
    let isOldestFirst = page.sortColumn == "createdAt" && !page.descending
    return isOldestFirst
      ? try await fetched(scope, AuditLogOrders.Oldest.self, query, page, call)
      : try await fetched(scope, AuditLogOrders.Newest.self, query, page, call)
  }

  private func fetched<Scope: AuditLogScope, Order: AuditLogOrder>(
    _ scope: Scope.Type, _ order: Order.Type, _ query: AuditLogQuery, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.AuditLogEntry> {
    let isWhole = scope == AuditLogScopes.Unfiltered.self && query.from == nil && query.to == nil
    let counted =
      isWhole
      ? try await store.search(AuditLogTotal(), call) : try await store.search(AuditLogCount<Scope>(query), call)
    return try await page.page { request throws(ServiceFailure) in
      let list = Admin.ListBounds(request)
      let rows = try await store.search(
        AuditLogList<Scope, Order>(query, limit: list.limit, offset: list.offset), call)
      let entries = rows.map { entry in
        var entry = entry
        entry.place = places.place(of: entry.address)
        return entry
      }
      return (entries, counted.first)
    }
  }
}

/// Limits for reading the audit log.
enum AuditLogLimits {
  /// Values of one filter; a page offers no more to tick.
  static let values = 100
  /// People or apps to choose from: a longer list is of no use, and the response has to fit a frame.
  static let choices = 10_000
}
