import Encodings
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func setAllowedGroups(
    _ message: Admin.SetAllowedGroups, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SetAllowedGroups.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard message.groups.count <= Limits.groupsOfClient else {
        return .invalid([FieldProblem("userGroupIds", "too_many", "At most \(Limits.groupsOfClient) groups.")])
      }
      let outcome: ListChange<Admin.Client> = try await change(call, by: principal) { change in
        let transaction = change.transaction
        guard let client = try await transaction.first(Clients.Lock(id: message.clientID)) else { return .notFound }
        let existing = Set(try await transaction.read(Groups.Existing(message.groups)).map(\.id))
        let unknown = message.groups.indices.filter { !existing.contains(message.groups[$0]) }
        guard change.mayLeaveOut(unknown.count, of: "userGroupIds", logger) else { return .unknown(unknown) }
        let groups = message.groups.filter(existing.contains)
        let before = try await transaction.read(ClientGroups.OfClient(clientID: message.clientID)).map(\.name)
        try await transaction.write(ClientGroups.ReplaceGroups(clientID: message.clientID, groups: groups))
        let after = try await transaction.read(ClientGroups.OfClient(clientID: message.clientID)).map(\.name)
        var entry = change.entry(.clientUpdated, subject: message.clientID)
        entry.about(client: message.clientID, name: client.settings.name)
        entry.note("allowedUserGroups", .names(before), .names(after))
        try await change.record(entry)
        return .changed(client)
      }
      switch outcome {
      case .notFound: return .notFound
      case .unknown(let places): return .invalid(unknownProblems("userGroupIds", places))
      case .changed(let client): return .updated(try await whole(client, call))
      }
    }
  }

  func setAllowedClients(
    _ message: Admin.SetAllowedClients, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GroupChange {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard message.clientIDs.count <= Limits.clientsOfGroup else {
        return .invalid([FieldProblem("oidcClientIds", "too_many", "At most \(Limits.clientsOfGroup) apps.")])
      }
      let outcome: ListChange<Admin.Group> = try await change(call, by: principal) { change in
        let transaction = change.transaction
        guard let group = try await transaction.first(Groups.Lock(id: message.id)) else { return .notFound }
        let existing = Set(try await transaction.read(ClientGroups.Existing(message.clientIDs)).map(\.id))
        let unknown = message.clientIDs.indices.filter { !existing.contains(message.clientIDs[$0]) }
        guard change.mayLeaveOut(unknown.count, of: "oidcClientIds", logger) else { return .unknown(unknown) }
        let clientIDs = message.clientIDs.filter(existing.contains)
        let before = try await transaction.read(ClientGroups.OfGroup(group: message.id)).map(\.name)
        try await transaction.write(ClientGroups.ReplaceClients(group: message.id, clientIDs: clientIDs))
        let after = try await transaction.read(ClientGroups.OfGroup(group: message.id)).map(\.name)
        var entry = change.entry(.groupUpdated)
        entry.about(group: message.id, name: group.name)
        entry.note("allowedOidcClients", .names(before), .names(after))
        try await change.record(entry)
        return .changed(group)
      }
      switch outcome {
      case .notFound: return .notFound
      case .unknown(let places): return .invalid(unknownProblems("oidcClientIds", places))
      case .changed(let group): return .changed(try await whole(group, call))
      }
    }
  }
}

extension JSONValue {
  /// Names as a list, in a stable order.
  fileprivate static func names(_ names: [String]) -> JSONValue { .array(names.sorted().map { .string($0) }) }
}
