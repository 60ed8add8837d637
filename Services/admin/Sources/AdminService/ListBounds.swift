import LatchkeyProtocol

/// A request for a page of a list, within its bounds.
struct ListBounds: Sendable {
  let page: Int
  let limit: Int
  let search: String?

  init(_ request: Admin.PageRequest) {
    page = max(request.page, 1)
    limit = min(max(request.limit, 1), Admin.PageRequest.largest)
    search = request.search.map { String($0.prefix(Limits.search)) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Rows before the page. A page beyond all numbers is as empty as any beyond the end.
  var offset: Int {
    let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: limit)
    return overflow ? .max : offset
  }
}
