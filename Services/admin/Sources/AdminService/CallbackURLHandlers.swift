import Encodings
import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceStore
import Store

extension AdminService {
  /// One transaction uses the proof, registers the URL in the list as it is then, and writes the entry.
  func addCallbackURL(
    _ message: Admin.AddCallbackURL, _ call: Call
  ) async throws(ServiceFailure) -> Admin.AddCallbackURL.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      do throws(CallbackURL.Refusal) {
        _ = try CallbackURL.validated(message.url)
      } catch {
        return .invalid([FieldProblem("url", "invalid", error.sentence)])
      }
      return try await change(call, by: principal) { change in
        guard let before = try await change.transaction.first(ConnectedApps.Lock(clientID: message.clientID)) else {
          return .notFound
        }
        // Bytes, not characters: strings that Swift calls equal may be two addresses.
        if before.callbackURLs.contains(where: { $0.utf8.elementsEqual(message.url.utf8) }) {
          return .added(before.callbackURLs)
        }
        guard before.callbackURLs.count < Limits.callbackURLs else { return .full(limit: Limits.callbackURLs) }
        guard try await change.uses(.redirectURI) else { return .denied(.proofRequired) }
        let after = before.callbackURLs + [message.url]
        try await change.transaction.write(ConnectedApps.SetCallbackURLs(clientID: message.clientID, urls: after))
        var entry = change.entry(.clientUpdated, subject: message.clientID)
        entry.about(client: message.clientID, name: before.name)
        entry.note(
          "callbackURLs", .array(before.callbackURLs.map { .string($0) }), .array(after.map { .string($0) }))
        try await change.record(entry)
        return .added(after)
      }
    }
  }
}
