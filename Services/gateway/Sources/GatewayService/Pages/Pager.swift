/// Which part of a list is shown.
package struct Pager: Sendable {
  let first: Int
  let last: Int
  let total: Int
  let previous: String?
  let next: String?
  let several: Bool

  /// - Parameters:
  ///   - page: from 1.
  ///   - url: the address of another page of the same list, by its number.
  package init(page: Int, perPage: Int, total: Int, url: (Int) -> String) {
    let start = (page - 1) * perPage
    first = total == 0 ? 0 : min(start + 1, total)
    last = min(start + perPage, total)
    self.total = total
    previous = page > 1 ? url(page - 1) : nil
    next = last < total ? url(page + 1) : nil
    several = total > perPage
  }
}
