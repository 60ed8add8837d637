/// What the `admin` service answers: one method per message. The service, its remote stub and the fakes of tests
/// conform, so that the compiler finds what is missing.
public protocol AdminAPI: PeopleAPI, GroupsAPI, ClientGroupsAPI, APIKeysAPI, SettingsAPI, AuditAPI, ImagesAPI, MailAPI,
  SignupLinksAPI, FirstStepsAPI, KnownAppsAPI
{
  func listClients(_ message: Admin.ListClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListClients.Response
  func getClient(_ message: Admin.GetClient, _ call: Call) async throws(ServiceFailure) -> Admin.GetClient.Response
  func getClientSummary(_ message: Admin.GetClientSummary, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetClientSummary.Response
  func createClient(_ message: Admin.CreateClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateClient.Response
  func updateClient(_ message: Admin.UpdateClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateClient.Response
  func deleteClient(_ message: Admin.DeleteClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteClient.Response
  func createClientSecret(_ message: Admin.CreateClientSecret, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateClientSecret.Response
  func deleteClientSecret(_ message: Admin.DeleteClientSecret, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteClientSecret.Response
  func updateOwnProfile(_ message: Admin.UpdateOwnProfile, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateOwnProfile.Response
}

/// The `admin` service, somewhere else: every method sends its message.
public struct RemoteAdmin: AdminAPI, Sendable {
  let sender: any MessageSender

  public init(_ sender: any MessageSender) { self.sender = sender }

  public func listClients(_ message: Admin.ListClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListClients.Response
  {
    try await sender.send(message, call)
  }

  public func getClient(_ message: Admin.GetClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetClient.Response
  {
    try await sender.send(message, call)
  }

  public func getClientSummary(_ message: Admin.GetClientSummary, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetClientSummary.Response
  {
    try await sender.send(message, call)
  }

  public func createClient(_ message: Admin.CreateClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateClient.Response
  {
    try await sender.send(message, call)
  }

  public func updateClient(_ message: Admin.UpdateClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateClient.Response
  {
    try await sender.send(message, call)
  }

  public func deleteClient(_ message: Admin.DeleteClient, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteClient.Response
  {
    try await sender.send(message, call)
  }

  public func createClientSecret(_ message: Admin.CreateClientSecret, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateClientSecret.Response
  {
    try await sender.send(message, call)
  }

  public func deleteClientSecret(_ message: Admin.DeleteClientSecret, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteClientSecret.Response
  {
    try await sender.send(message, call)
  }

  public func updateOwnProfile(_ message: Admin.UpdateOwnProfile, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateOwnProfile.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  /// The methods of the `admin` service, and who may call them: the gateway alone.
  public init(_ api: some AdminAPI) {
    self.init(service: "admin")
    on(Admin.ListClients.self, from: [.gateway], api.listClients)
    on(Admin.GetClient.self, from: [.gateway], api.getClient)
    on(Admin.GetClientSummary.self, from: [.gateway], api.getClientSummary)
    on(Admin.CreateClient.self, from: [.gateway], api.createClient)
    on(Admin.UpdateClient.self, from: [.gateway], api.updateClient)
    on(Admin.DeleteClient.self, from: [.gateway], api.deleteClient)
    on(Admin.CreateClientSecret.self, from: [.gateway], api.createClientSecret)
    on(Admin.DeleteClientSecret.self, from: [.gateway], api.deleteClientSecret)
    on(Admin.UpdateOwnProfile.self, from: [.gateway], api.updateOwnProfile)
    addPeople(api)
    addGroups(api)
    addClientGroups(api)
    addAPIKeys(api)
    addSettings(api)
    addAudit(api)
    addImages(api)
    addMail(api)
    addSignupLinks(api)
    addFirstSteps(api)
    addKnownApps(api)
  }
}
