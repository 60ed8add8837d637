/// Which groups may use which client.
public protocol ClientGroupsAPI: Sendable {}

extension Routes {
  mutating func addClientGroups(_ api: some ClientGroupsAPI) {}
}
