/// Reading the record.
public protocol AuditAPI: Sendable {
  func listOwnRecord(_ message: Admin.ListOwnRecord, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListOwnRecord.Response
  func listRecord(_ message: Admin.ListRecord, _ call: Call) async throws(ServiceFailure) -> Admin.ListRecord.Response
  func listRecordedClients(_ message: Admin.ListRecordedClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListRecordedClients.Response
  func listRecordedUsers(_ message: Admin.ListRecordedUsers, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListRecordedUsers.Response
}

extension RemoteAdmin {
  public func listOwnRecord(_ message: Admin.ListOwnRecord, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListOwnRecord.Response
  {
    try await sender.send(message, call)
  }

  public func listRecord(_ message: Admin.ListRecord, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListRecord.Response
  {
    try await sender.send(message, call)
  }

  public func listRecordedClients(_ message: Admin.ListRecordedClients, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListRecordedClients.Response
  {
    try await sender.send(message, call)
  }

  public func listRecordedUsers(_ message: Admin.ListRecordedUsers, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListRecordedUsers.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addAudit(_ api: some AuditAPI) {
    on(Admin.ListOwnRecord.self, from: [.gateway], api.listOwnRecord)
    on(Admin.ListRecord.self, from: [.gateway], api.listRecord)
    on(Admin.ListRecordedClients.self, from: [.gateway], api.listRecordedClients)
    on(Admin.ListRecordedUsers.self, from: [.gateway], api.listRecordedUsers)
  }
}
