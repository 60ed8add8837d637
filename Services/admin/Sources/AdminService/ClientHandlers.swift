import Foundation
public import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import Store

extension AdminService {
  public func listClients(
    _ message: Admin.ListClients, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListClients.Response {
    if case .failure(let denied) = try await administrator(call) { return .denied(denied.denial) }
    let limit = min(max(message.page.limit, 1), Admin.PageRequest.largest)
    let page = max(message.page.page, 1)
    let search = message.page.search.map { String($0.prefix(Limits.search)) }
    let rows = try await store.search(
      Clients.List(
        search: search.flatMap { $0.isEmpty ? nil : $0 },
        sort: message.page.sortColumn.flatMap(Clients.List.Sort.init) ?? .name, descending: message.page.descending,
        limit: limit, offset: (page - 1).multipliedReportingOverflow(by: limit).partialValue), call)
    let clients = try await withSecrets(rows.map(\.client), call)
    return .clients(Admin.Page(items: clients, total: rows.first?.total ?? 0, page: page, limit: limit))
  }

  public func getClient(
    _ message: Admin.GetClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetClient.Response {
    if case .failure(let denied) = try await administrator(call) { return .denied(denied.denial) }
    guard let client = try await store.first(Clients.Get(id: message.id), call) else { return .notFound }
    return .client(try await withSecrets(client, call))
  }

  public func getClientSummary(
    _ message: Admin.GetClientSummary, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetClientSummary.Response {
    guard let client = try await store.first(Clients.Get(id: message.id), call) else { return .notFound }
    return .client(
      OIDC.ClientSummary(
        id: client.id, name: client.settings.name, description: client.settings.description,
        launchURL: client.settings.launchURL, requiresReauthentication: client.settings.requiresReauthentication,
        returnsTo: nil, logos: client.logos))
  }

  public func createClient(
    _ message: Admin.CreateClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateClient.Response {
    let principal: Principal
    switch try await administrator(call) {
    case .failure(let denied): return .denied(denied.denial)
    case .success(let found): principal = found
    }
    let settings = message.settings.normalised
    let problems = (message.id.map(ClientIDRule.problems) ?? []) + settings.problems
    guard problems.isEmpty else { return .invalid(problems) }
    let id = message.id ?? derivedUUID("client", call).uuidString.lowercased()
    let create = Clients.Create(id: id, settings: settings, session: principal.session?.session.id)
    if let client = try await store.write(create, call).rows.first {
      logger.notice(
        "client created", metadata: ["client": "\(id)", "by": "\(principal.user.id)", "request": "\(call.id)"])
      return .created(client)
    }
    // A random id can only be taken by the same request, answered before.
    if message.id == nil, let client = try await store.first(Clients.Get(id: id), call) { return .created(client) }
    return .idTaken
  }

  public func updateClient(
    _ message: Admin.UpdateClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateClient.Response {
    if case .failure(let denied) = try await administrator(call) { return .denied(denied.denial) }
    let settings = message.settings.normalised
    let problems = settings.problems
    guard problems.isEmpty else { return .invalid(problems) }
    let update = Clients.Update(id: message.id, settings: settings)
    guard let client = try await store.write(update, call).rows.first else { return .notFound }
    return .updated(try await withSecrets(client, call))
  }

  public func deleteClient(
    _ message: Admin.DeleteClient, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteClient.Response {
    switch try await administrator(call) {
    case .failure(let denied): return .denied(denied.denial)
    case .success(let principal):
      guard try await store.write(Clients.Delete(id: message.id), call).count > 0 else { return .notFound }
      logger.notice(
        "client deleted", metadata: ["client": "\(message.id)", "by": "\(principal.user.id)", "request": "\(call.id)"])
      return .deleted
    }
  }

  /// An id that the same request makes again, so that a repeated request stores nothing twice.
  func derivedUUID(_ purpose: String, _ call: Call) -> UUID { derived.uuid("\(call.id)", purpose: purpose) }

  func withSecrets(_ client: Admin.Client, _ call: Call) async throws(ServiceFailure) -> Admin.Client {
    try await withSecrets([client], call).first ?? client
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
