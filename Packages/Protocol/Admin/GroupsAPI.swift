/// Groups, their members and claims.
public protocol GroupsAPI: Sendable {
  func listGroups(_ message: Admin.ListGroups, _ call: Call) async throws(ServiceFailure) -> Admin.ListGroups.Response
  func getGroup(_ message: Admin.GetGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GetGroup.Response
  func createGroup(_ message: Admin.CreateGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange
  func updateGroup(_ message: Admin.UpdateGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange
  func deleteGroup(_ message: Admin.DeleteGroup, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteGroup.Response
  func setMembers(_ message: Admin.SetMembers, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange
  func changeMember(_ message: Admin.ChangeMember, _ call: Call) async throws(ServiceFailure)
    -> Admin.ChangeMember.Response
  func listMembers(_ message: Admin.ListMembers, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListMembers.Response
  func setCustomClaims(_ message: Admin.SetCustomClaims, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetCustomClaims.Response
  func suggestClaims(_ message: Admin.SuggestClaims, _ call: Call) async throws(ServiceFailure)
    -> Admin.SuggestClaims.Response
}

extension RemoteAdmin {
  public func listGroups(_ message: Admin.ListGroups, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListGroups.Response
  {
    try await sender.send(message, call)
  }

  public func getGroup(_ message: Admin.GetGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GetGroup.Response
  {
    try await sender.send(message, call)
  }

  public func createGroup(_ message: Admin.CreateGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange
  {
    try await sender.send(message, call)
  }

  public func updateGroup(_ message: Admin.UpdateGroup, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange
  {
    try await sender.send(message, call)
  }

  public func deleteGroup(_ message: Admin.DeleteGroup, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteGroup.Response
  {
    try await sender.send(message, call)
  }

  public func setMembers(_ message: Admin.SetMembers, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange {
    try await sender.send(message, call)
  }

  public func changeMember(_ message: Admin.ChangeMember, _ call: Call) async throws(ServiceFailure)
    -> Admin.ChangeMember.Response
  {
    try await sender.send(message, call)
  }

  public func listMembers(_ message: Admin.ListMembers, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListMembers.Response
  {
    try await sender.send(message, call)
  }

  public func setCustomClaims(_ message: Admin.SetCustomClaims, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetCustomClaims.Response
  {
    try await sender.send(message, call)
  }

  public func suggestClaims(_ message: Admin.SuggestClaims, _ call: Call) async throws(ServiceFailure)
    -> Admin.SuggestClaims.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addGroups(_ api: some GroupsAPI) {
    on(Admin.ListGroups.self, from: [.gateway], api.listGroups)
    on(Admin.GetGroup.self, from: [.gateway], api.getGroup)
    on(Admin.CreateGroup.self, from: [.gateway], api.createGroup)
    on(Admin.UpdateGroup.self, from: [.gateway], api.updateGroup)
    on(Admin.DeleteGroup.self, from: [.gateway], api.deleteGroup)
    on(Admin.SetMembers.self, from: [.gateway], api.setMembers)
    on(Admin.ChangeMember.self, from: [.gateway], api.changeMember)
    on(Admin.ListMembers.self, from: [.gateway], api.listMembers)
    on(Admin.SetCustomClaims.self, from: [.gateway], api.setCustomClaims)
    on(Admin.SuggestClaims.self, from: [.gateway], api.suggestClaims)
  }
}
