import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

extension AdminService {
  func listClients(
    _ message: Admin.ListClients, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListClients.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      var page = try await store.page(message.page, call) {
        Clients.List(ListQuery($0, usual: .name), message.filter ?? Admin.ClientFilter())
      }
      page.items = try await withSecrets(page.items, call)
      let counts = try await store.read(ClientGroups.Counts(of: page.items.map(\.id)), call)
      let byClient = Dictionary(counts.map { ($0.clientID, $0.count) }, uniquingKeysWith: { first, _ in first })
      for index in page.items.indices { page.items[index].allowedGroupsCount = byClient[page.items[index].id] ?? 0 }
      return .clients(page)
    }
  }

  func getClient(
    _ message: Admin.GetClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetClient.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard let client = try await store.first(Clients.Get(id: message.id), call) else { return .notFound }
      return .client(try await whole(client, call))
    }
  }

  func getClientSummary(
    _ message: Admin.GetClientSummary, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetClientSummary.Response {
    guard let client = try await store.first(Clients.Get(id: message.id), call) else { return .notFound }
    return .client(
      OIDC.ClientSummary(
        id: client.id, name: client.settings.name, description: client.settings.description,
        launchURL: client.settings.launchURL, requiresReauthentication: client.settings.requiresReauthentication,
        returnsTo: nil, logos: client.logos))
  }

  func createClient(
    _ message: Admin.CreateClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateClient.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let settings = message.settings.normalised.readingStars
      let problems = (message.id.map(ClientIDRule.problems) ?? []) + settings.problems()
      guard problems.isEmpty else { return .invalid(problems) }
      let id = message.id ?? derivedUUID("client", call).uuidString.lowercased()
      let create = Clients.Create(
        id: id, settings: settings.completed(by: .usual), session: principal.session?.session.id, by: principal.user.id)
      let made: Admin.Client? = try await change(call, by: principal) { change in
        var entry = change.entry(.clientCreated, subject: id)
        guard let client = try await change.transaction.write(create).rows.first else {
          // Taken: by another request, or by this one, which gets the same answer as before.
          return try await change.wasDone(entry) ? try await change.transaction.first(Clients.Get(id: id)) : nil
        }
        entry.note(client: id, before: nil, after: client.settings)
        try await change.record(entry)
        return client
      }
      guard let made else { return .idTaken }
      return .created(try await whole(made, call))
    }
  }

  func updateClient(
    _ message: Admin.UpdateClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateClient.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let settings = message.settings.normalised.readingStars
      let outcome: Admin.UpdateClient.Response = try await change(call, by: principal) { change in
        guard let before = try await change.transaction.first(Clients.Lock(id: message.id)) else { return .notFound }
        let settings = settings.completed(by: before.settings)
        let problems = settings.problems(imported: before.imported ?? false)
        guard problems.isEmpty else { return .invalid(problems) }
        if settings.opensMore(than: before.settings), try await !change.uses(.redirectURI) {
          return .denied(.proofRequired)
        }
        let update = Clients.Update(id: message.id, settings: settings)
        guard let after = try await change.transaction.write(update).rows.first else { return .notFound }
        var entry = change.entry(.clientUpdated, subject: message.id)
        entry.note(client: message.id, before: before.settings, after: after.settings)
        try await change.record(entry)
        return .updated(after)
      }
      guard case .updated(let client) = outcome else { return outcome }
      return .updated(try await whole(client, call))
    }
  }

  func deleteClient(
    _ message: Admin.DeleteClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteClient.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        var entry = change.entry(.clientDeleted, subject: message.id)
        guard let before = try await change.transaction.first(Clients.Lock(id: message.id)) else {
          return try await change.wasDone(entry) ? .deleted : .notFound
        }
        try await change.transaction.write(Clients.Delete(id: message.id))
        entry.note(client: message.id, before: before.settings, after: nil)
        try await change.record(entry)
        return .deleted
      }
    }
  }

  /// An id that a repeated request derives again, so that it stores nothing twice.
  func derivedUUID(_ purpose: String, _ call: Call) -> UUID { derived.uuid("\(call.id)", purpose: purpose) }

  /// A client with its secrets and groups.
  func whole(_ client: Admin.Client, _ call: Call) async throws(ServiceFailure) -> Admin.Client {
    var client = try await withSecrets([client], call).first ?? client
    let groups = try await store.read(ClientGroups.OfClient(clientID: client.id), call)
    client.allowedGroups = groups
    client.allowedGroupsCount = groups.count
    return client
  }

  private func withSecrets(_ clients: [Admin.Client], _ call: Call) async throws(ServiceFailure) -> [Admin.Client] {
    let secrets = try await store.read(Clients.Secrets(of: clients.map(\.id)), call)
    let byClient = Dictionary(grouping: secrets, by: \.clientID)
    return clients.map { client in
      var client = client
      client.secrets = (byClient[client.id] ?? []).map(\.secret)
      return client
    }
  }
}

extension AuditEntry {
  /// What changed about a client; nil before it was made and after it is gone.
  mutating func note(client id: String, before: Admin.ClientSettings?, after: Admin.ClientSettings?) {
    about(client: id, name: after?.name ?? before?.name)
    for field in Admin.ClientField.all { note(field.name, before.map(field.json), after.map(field.json)) }
  }
}
