/// Which groups may use which client.
public protocol ClientGroupsAPI: Sendable {
  func setAllowedGroups(_ message: Admin.SetAllowedGroups, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetAllowedGroups.Response
  func setAllowedClients(_ message: Admin.SetAllowedClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.GroupChange
}

extension RemoteAdmin {
  public func setAllowedGroups(_ message: Admin.SetAllowedGroups, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetAllowedGroups.Response
  {
    try await sender.send(message, call)
  }

  public func setAllowedClients(_ message: Admin.SetAllowedClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.GroupChange
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addClientGroups(_ api: some ClientGroupsAPI) {
    on(Admin.SetAllowedGroups.self, from: [.gateway], api.setAllowedGroups)
    on(Admin.SetAllowedClients.self, from: [.gateway], api.setAllowedClients)
  }
}
