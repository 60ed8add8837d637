/// People: what administrators and people themselves do with accounts.
public protocol PeopleAPI: Sendable {
  func listUsers(_ message: Admin.ListUsers, _ call: Call) async throws(ServiceFailure) -> Admin.ListUsers.Response
  func getUser(_ message: Admin.GetUser, _ call: Call) async throws(ServiceFailure) -> Admin.GetUser.Response
  func createUser(_ message: Admin.CreateUser, _ call: Call) async throws(ServiceFailure) -> Admin.CreateUser.Response
  func updateUser(_ message: Admin.UpdateUser, _ call: Call) async throws(ServiceFailure) -> Admin.UpdateUser.Response
  func deleteUser(_ message: Admin.DeleteUser, _ call: Call) async throws(ServiceFailure) -> Admin.DeleteUser.Response
  func setUserGroups(_ message: Admin.SetUserGroups, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetUserGroups.Response
}

extension RemoteAdmin {
  public func listUsers(
    _ message: Admin.ListUsers, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListUsers.Response { try await sender.send(message, call) }

  public func getUser(
    _ message: Admin.GetUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetUser.Response { try await sender.send(message, call) }

  public func createUser(
    _ message: Admin.CreateUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateUser.Response { try await sender.send(message, call) }

  public func updateUser(
    _ message: Admin.UpdateUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateUser.Response { try await sender.send(message, call) }

  public func deleteUser(
    _ message: Admin.DeleteUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteUser.Response { try await sender.send(message, call) }

  public func setUserGroups(
    _ message: Admin.SetUserGroups, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SetUserGroups.Response { try await sender.send(message, call) }
}

extension Routes {
  mutating func addPeople(_ api: some PeopleAPI) {
    on(Admin.ListUsers.self, from: [.gateway], api.listUsers)
    on(Admin.GetUser.self, from: [.gateway], api.getUser)
    on(Admin.CreateUser.self, from: [.gateway], api.createUser)
    on(Admin.UpdateUser.self, from: [.gateway], api.updateUser)
    on(Admin.DeleteUser.self, from: [.gateway], api.deleteUser)
    on(Admin.SetUserGroups.self, from: [.gateway], api.setUserGroups)
  }
}
