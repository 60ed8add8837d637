// Apps/ owns the apps (OAuth clients) as administrators see them: settings, secrets, logos, who may use them, and
// whether telling them about sign-outs worked. What connects a known app is KnownApps/.

import Encodings
import LatchkeyProtocol
import ServiceKit

/// The apps that sign people in here, for administrators.
enum ClientRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/clients", .api) { exchange in
      let query = try exchange.query()
      let message = Admin.ListClients(
        page: try Admin.PageRequest(query, filters: Admin.ClientFilter.names), filter: try Admin.ClientFilter(query))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .clients(let clients): return .json(.list(clients) { .clientInList($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/oidc/clients", .api) { exchange in
      var fields = try exchange.json()
      let id = fields.text("id").flatMap { $0.isEmpty ? nil : $0 }
      let settings = Admin.ClientSettings(&fields)
      let logos = FetchedLogos(&fields)
      try fields.check()
      try await logos.prepare(exchange)
      let message = Admin.CreateClient(id: id, settings: settings)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .created(let client): return .json(.client(try await logos.keep(for: client, exchange)), .created)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .idTaken: throw Refusal(.conflict, "client_id_already_exists", "Another app has this client id.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/oidc/clients/:id", .api) { exchange in
      .json(.client(try await client(exchange)))
    },
    Route(.put, "/api/oidc/clients/:id", .api) { exchange in
      var fields = try exchange.json()
      let settings = Admin.ClientSettings(&fields)
      let logos = FetchedLogos(&fields)
      try fields.check()
      try await logos.prepare(exchange)
      let message = Admin.UpdateClient(id: try exchange.clientID(), settings: settings)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .updated(let client): return .json(.client(try await logos.keep(for: client, exchange)))
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/oidc/clients/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Admin.DeleteClient(id: try exchange.clientID())
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .deleted: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/oidc/clients/:id/meta", .api) { exchange in
      let message = Admin.GetClientSummary(id: try exchange.clientID())
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .client(let client): return .json(.clientSummary(client))
      case .notFound: throw Refusal.notFound
      }
    },
  ]

  static func client(_ exchange: Exchange) async throws -> Admin.Client {
    switch try await exchange.services.admin.send(Admin.GetClient(id: try exchange.clientID()), exchange.call) {
    case .client(let client): return client
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}

extension Exchange {
  /// The client's id in the path: as it is, or `~` and its base64url if it would not fit a path.
  func clientID() throws(Refusal) -> String {
    let text = parameter("id")
    guard text.hasPrefix("~") else { return text }
    guard let bytes = Base64URL.decode(String(text.dropFirst())), let id = String(validating: bytes, as: UTF8.self)
    else { throw Refusal.notFound }
    return id
  }
}
