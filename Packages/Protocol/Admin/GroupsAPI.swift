/// Groups, their members and claims.
public protocol GroupsAPI: Sendable {}

extension Routes {
  mutating func addGroups(_ api: some GroupsAPI) {}
}
