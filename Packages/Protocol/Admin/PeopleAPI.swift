/// People: what administrators and people themselves do with accounts.
public protocol PeopleAPI: Sendable {}

extension Routes {
  mutating func addPeople(_ api: some PeopleAPI) {}
}
