import Encodings
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func getKnownApp(
    _ message: Admin.GetKnownApp, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetKnownApp.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard let client = try await store.first(ConnectedApps.Read(clientID: message.clientID), call) else {
        return .notFound
      }
      return .app(client.knownApp)
    }
  }

  func setKnownApp(
    _ message: Admin.SetKnownApp, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SetKnownApp.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      if let app = message.app, !Self.mayNameApp(app) {
        return .invalid([FieldProblem("knownApp", "invalid", "This is no known app's id.")])
      }
      return try await change(call, by: principal) { change in
        guard let before = try await change.transaction.first(ConnectedApps.Lock(clientID: message.clientID)) else {
          return .notFound
        }
        try await change.transaction.write(ConnectedApps.SetKnownApp(clientID: message.clientID, app: message.app))
        var entry = change.entry(.clientUpdated, subject: message.clientID)
        entry.about(client: message.clientID, name: before.name)
        entry.note("knownApp", before.knownApp.map { .string($0) }, message.app.map { .string($0) })
        try await change.record(entry)
        return .noted
      }
    }
  }

  private static func mayNameApp(_ app: String) -> Bool {
    (1...Limits.knownApp).contains(app.utf8.count)
      && app.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }
}
