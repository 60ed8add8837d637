package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// `{data, pagination}`.
  package static func list<Item>(_ page: Admin.Page<Item>, _ item: (Item) -> JSONValue) -> JSONValue {
    let pages = page.limit > 0 ? (page.total + page.limit - 1) / page.limit : 0
    return [
      "data": .array(page.items.map(item)),
      "pagination": [
        // A list without entries has one empty page, as in Pocket ID.
        "totalPages": .whole(max(pages, 1)), "totalItems": .whole(page.total), "currentPage": .whole(page.page),
        "itemsPerPage": .whole(page.limit),
      ],
    ]
  }
}

extension Admin.PageRequest {
  /// From `pagination[page]`, `pagination[limit]`, `sort[column]`, `sort[direction]` and `search`. As in Pocket ID, an
  /// invalid page, limit or direction becomes the usual one: none of them changes which entries there are.
  ///
  /// - Parameter filters: the fields that this list can be filtered by. Any other filter is refused.
  package init(_ query: [FormField], filters: Set<String> = []) throws(Refusal) {
    func value(_ name: String) -> String? { query.first { $0.name == name && !$0.value.isEmpty }?.value }
    func number(_ name: String, upTo largest: Int, _ usual: Int) -> Int {
      guard let number = value(name).flatMap({ Int($0) }), number > 0 else { return usual }
      return min(number, largest)
    }
    var problems = ListFilters(query, known: filters).problems
    let search = value("search")
    if let search, search.count > 200 {
      problems.append(FieldProblem("search", "too_long", "At most 200 characters."))
    }
    if !problems.isEmpty { throw Refusal.invalid(problems) }
    self.init(
      page: number("pagination[page]", upTo: 1_000_000, 1), limit: number("pagination[limit]", upTo: Self.largest, 20),
      search: search, sortColumn: value("sort[column]"),
      descending: value("sort[direction]")?.filter { !$0.isWhitespace }.lowercased() == "desc")
  }
}
