public import LatchkeyProtocol
public import Postgres
public import Store

extension Admin.PageRequest {
  /// The requested page; one past the end is the last, as in Pocket ID.
  ///
  /// - Parameter read: the rows of a page, and how many there are on all of them. A statement that counts in its rows
  ///   returns no count for an empty page.
  public func page<Item: Codable & Sendable & Equatable>(
    _ read: (Admin.PageRequest) async throws(ServiceFailure) -> (items: [Item], total: Int?)
  ) async throws(ServiceFailure) -> Admin.Page<Item> {
    let bounds = Admin.ListBounds(self)
    let asked = try await read(self)
    guard asked.items.isEmpty, bounds.page > 1 else { return bounds.page(of: asked.items, total: asked.total) }
    var last = self
    last.page = 1
    var found = try await read(last)
    let pages = ((found.total ?? 0) + bounds.limit - 1) / bounds.limit
    if pages > 1 {
      last.page = pages
      found = try await read(last)
    }
    return Admin.ListBounds(last).page(of: found.items, total: found.total)
  }
}

extension StoreAccess {
  /// The requested page of a list whose rows carry the count.
  public func page<List: Statement, Item: Codable & Sendable & Equatable>(
    _ request: Admin.PageRequest, _ call: Call, _ list: (Admin.PageRequest) -> List
  ) async throws(ServiceFailure) -> Admin.Page<Item> where List.Row == Counted<Item> {
    try await request.page { request throws(ServiceFailure) in
      let rows = try await search(list(request), call)
      return (rows.map(\.item), rows.first?.total)
    }
  }
}
