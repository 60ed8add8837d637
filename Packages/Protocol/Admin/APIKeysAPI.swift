/// Keys of the REST API: everybody's own.
public protocol APIKeysAPI: Sendable {
  func listAPIKeys(_ message: Admin.ListAPIKeys, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListAPIKeys.Response
  func createAPIKey(_ message: Admin.CreateAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateAPIKey.Response
  func createAPIKeyOfUser(_ message: Admin.CreateAPIKeyOfUser, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateAPIKeyOfUser.Response
  func renewAPIKey(_ message: Admin.RenewAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.RenewAPIKey.Response
  func revokeAPIKey(_ message: Admin.RevokeAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.RevokeAPIKey.Response
}

extension RemoteAdmin {
  public func listAPIKeys(_ message: Admin.ListAPIKeys, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListAPIKeys.Response
  {
    try await sender.send(message, call)
  }

  public func createAPIKey(_ message: Admin.CreateAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateAPIKey.Response
  {
    try await sender.send(message, call)
  }

  public func createAPIKeyOfUser(_ message: Admin.CreateAPIKeyOfUser, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateAPIKeyOfUser.Response
  {
    try await sender.send(message, call)
  }

  public func renewAPIKey(_ message: Admin.RenewAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.RenewAPIKey.Response
  {
    try await sender.send(message, call)
  }

  public func revokeAPIKey(_ message: Admin.RevokeAPIKey, _ call: Call) async throws(ServiceFailure)
    -> Admin.RevokeAPIKey.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addAPIKeys(_ api: some APIKeysAPI) {
    on(Admin.ListAPIKeys.self, from: [.gateway], api.listAPIKeys)
    on(Admin.CreateAPIKey.self, from: [.gateway], api.createAPIKey)
    on(Admin.CreateAPIKeyOfUser.self, from: [.gateway], api.createAPIKeyOfUser)
    on(Admin.RenewAPIKey.self, from: [.gateway], api.renewAPIKey)
    on(Admin.RevokeAPIKey.self, from: [.gateway], api.revokeAPIKey)
  }
}
