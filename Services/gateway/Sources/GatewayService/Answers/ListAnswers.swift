package import LatchkeyProtocol

extension JSONValue {
  /// `{data, pagination}`.
  package static func list<Item>(_ page: Admin.Page<Item>, _ item: (Item) -> JSONValue) -> JSONValue {
    let pages = page.limit > 0 ? (page.total + page.limit - 1) / page.limit : 0
    return [
      "data": .array(page.items.map(item)),
      "pagination": [
        "totalPages": .whole(pages), "totalItems": .whole(page.total), "currentPage": .whole(page.page),
        "itemsPerPage": .whole(page.limit),
      ],
    ]
  }
}

extension Admin.PageRequest {
  /// From `pagination[page]`, `pagination[limit]`, `sort[column]`, `sort[direction]` and `search`.
  package init(_ query: [FormField]) throws(Refusal) {
    func value(_ name: String) -> String? { query.first { $0.name == name && !$0.value.isEmpty }?.value }
    var problems: [FieldProblem] = []
    func number(_ name: String, in range: ClosedRange<Int>, _ fallback: Int) -> Int {
      guard let text = value(name) else { return fallback }
      if let number = Int(text), number >= range.lowerBound { return min(number, range.upperBound) }
      problems.append(FieldProblem(name, "invalid", "Expected a whole number from \(range.lowerBound)."))
      return fallback
    }
    let page = number("pagination[page]", in: 1...1_000_000, 1)
    let limit = number("pagination[limit]", in: 1...Self.largest, 20)
    let direction = value("sort[direction]")?.lowercased() ?? "asc"
    if !["asc", "desc"].contains(direction) {
      problems.append(FieldProblem("sort[direction]", "invalid", "Expected asc or desc."))
    }
    let search = value("search")
    if let search, search.count > 200 {
      problems.append(FieldProblem("search", "too_long", "At most 200 characters."))
    }
    if !problems.isEmpty { throw Refusal.invalid(problems) }
    self.init(
      page: page, limit: limit, search: search, sortColumn: value("sort[column]"), descending: direction == "desc")
  }
}
