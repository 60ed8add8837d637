import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

/// Reading the record.
extension AdminService {
  func listOwnRecord(
    _ message: Admin.ListOwnRecord, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListOwnRecord.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    var filter = message.filter
    (filter.users, filter.person) = ([principal.user.id], nil)
    return .entries(try await record(filter, message.page, call))
  }

  func listRecord(
    _ message: Admin.ListRecord, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListRecord.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .entries(try await record(message.filter, message.page, call))
    }
  }

  func listRecordedClients(
    _ message: Admin.ListRecordedClients, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListRecordedClients.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .names(try await store.search(RecordFilters.Clients(limit: RecordLimits.choices), call))
    }
  }

  func listRecordedUsers(
    _ message: Admin.ListRecordedUsers, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListRecordedUsers.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .users(try await store.search(RecordFilters.Users(limit: RecordLimits.choices), call))
    }
  }

  private func record(
    _ filter: Admin.RecordFilter, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.RecordEntry> {
    var query = RecordQuery()
    query.users = filter.users.prefix(RecordLimits.values).map(\.uuid)
    query.actors = filter.actors.prefix(RecordLimits.values).map(\.uuid)
    query.events = Array(filter.events.prefix(RecordLimits.values))
    query.clientNames = Array(filter.clientNames.prefix(RecordLimits.values))
    query.isInternal = filter.location.map { $0 == .internal }
    query.ranges = places.texts
    (query.from, query.to) = (filter.from, filter.to)
    if let name = filter.person.map({ String($0.prefix(Admin.ListBounds.longestSearch)) }), !name.isEmpty {
      query.person = try await store.first(RecordFilters.FindPerson(name), call)
      if query.person == nil { query.formerName = name.lowercased() }
      return try await list(
        query.person == nil ? RecordScopes.Filtered.self : RecordScopes.OfPerson.self, query, page, call)
    }
    let isTimeOnly =
      filter.users.isEmpty && filter.actors.isEmpty && filter.events.isEmpty && filter.clientNames.isEmpty
      && filter.location == nil
    if isTimeOnly { return try await list(RecordScopes.Unfiltered.self, query, page, call) }
    if query.users.count == 1 {
      query.person = query.users.first
      return try await list(RecordScopes.OfUser.self, query, page, call)
    }
    if query.actors.count == 1 {
      query.person = query.actors.first
      return try await list(RecordScopes.OfPerson.self, query, page, call)
    }
    if query.clientNames.count == 1 {
      query.word = query.clientNames.first
      return try await list(RecordScopes.OfClient.self, query, page, call)
    }
    if query.events.count == 1 {
      query.word = query.events.first
      return try await list(RecordScopes.OfEvent.self, query, page, call)
    }
    return try await list(RecordScopes.Filtered.self, query, page, call)
  }

  private func list(
    _ scope: any RecordScope.Type, _ query: RecordQuery, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.RecordEntry> {
    let isOldestFirst = page.sortColumn == "createdAt" && !page.descending
    return isOldestFirst
      ? try await fetched(scope, RecordOrders.Oldest.self, query, page, call)
      : try await fetched(scope, RecordOrders.Newest.self, query, page, call)
  }

  private func fetched<Scope: RecordScope, Order: RecordOrder>(
    _ scope: Scope.Type, _ order: Order.Type, _ query: RecordQuery, _ page: Admin.PageRequest, _ call: Call
  ) async throws(ServiceFailure) -> Admin.Page<Admin.RecordEntry> {
    let isWhole = scope == RecordScopes.Unfiltered.self && query.from == nil && query.to == nil
    let counted =
      isWhole
      ? try await store.search(RecordTotal(), call) : try await store.search(RecordCount<Scope>(query), call)
    return try await page.page { request throws(ServiceFailure) in
      let list = Admin.ListBounds(request)
      let rows = try await store.search(
        RecordList<Scope, Order>(query, limit: list.limit, offset: list.offset), call)
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
enum RecordLimits {
  /// Values of one filter; a page offers no more to tick.
  static let values = 100
  /// People or apps to choose from: a longer list is of no use, and the response has to fit a frame.
  static let choices = 10_000
}
