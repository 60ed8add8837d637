public import LatchkeyProtocol
import Postgres

/// A request for a list: a text to look for, a column and its direction, and which rows.
public struct ListQuery<Sort: RawRepresentable<String> & Sendable>: Sendable {
  let search: String?
  private let sort: Sort
  private let descending: Bool
  private let limit: Int
  private let offset: Int

  /// - Parameters:
  ///   - request: within its bounds.
  ///   - usual: the column to sort by if none is named, or none that exists.
  ///   - latestFirst: whether that is descending.
  public init(_ request: Admin.PageRequest, usual: Sort, latestFirst: Bool = false) {
    let bounds = Admin.ListBounds(request)
    let named = request.sortColumn.flatMap(Sort.init)
    search = bounds.search
    sort = named ?? usual
    descending = request.descending || named == nil && latestFirst
    limit = bounds.limit
    offset = bounds.offset
  }

  /// A LIKE pattern that finds the text anywhere; nil if there is no text.
  var pattern: String? { search.map(Clients.pattern) }

  /// Column, direction, limit and offset: four parameters, in this order.
  func bind(_ values: inout Bindings) {
    values.add(sort.rawValue, descending, Int64(limit), Int64(offset))
  }
}

/// A row of a page, and how many rows there are on all pages.
public struct Counted<Item: Sendable>: Sendable {
  public let item: Item
  public let total: Int

  /// - Parameter read: the columns before the last, which is the count.
  init(_ row: inout RowReader, _ read: (inout RowReader) throws(RowError) -> Item) throws(RowError) {
    item = try read(&row)
    total = try row.next()
  }
}
