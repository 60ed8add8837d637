import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import OIDCFacts
import OIDCRules
import Postgres
import ServiceStore
import Store

extension AdminService {
  func createClientSecret(
    _ message: Admin.CreateClientSecret, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateClientSecret.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let problems = message.problems
      guard problems.isEmpty else { return .invalid(problems) }
      // Ours is derived from the request's id, so that a repeated request gets the same one without our storing it.
      let secret =
        message.secret?.exposed
        ?? Base64URL.encode(derived.hash("\(call.id)", purpose: "client-secret/\(message.clientID)"))
      // A secret that a person chose may be guessed, so its hash needs a key that is not in the database.
      let algorithm: StoredSecret.OwnAlgorithm = message.secret == nil ? .sha256 : .hmacSHA256
      let id = ClientSecretID(derivedUUID("client-secret-id", call))
      let prefix = String(secret.prefix(4))
      let create = Clients.CreateSecret(
        id: id, clientID: message.clientID, algorithm: algorithm.stored.rawValue,
        hash: Data(StoredSecret.hash(secret, algorithm, hashKey: clientSecretKey)), prefix: prefix,
        expiresAt: message.expiresAt)
      let allowed = Clients.SecretAllowed(
        clientID: message.clientID, session: principal.session?.session.id,
        windowSeconds: Limits.creatorWindow / .seconds(1))
      return try await change(call, by: principal) { change in
        guard let state = try await change.transaction.first(allowed) else { return .notFound }
        guard !state.isPublic else {
          return .invalid([FieldProblem("isPublic", "invalid", "A public client has no secrets.")])
        }
        let replacesOthers = message.replacesOthers ?? false
        var entry = change.entry(.clientSecretCreated, subject: message.clientID)
        if try await !change.wasDone(entry) {
          guard replacesOthers || state.secrets < Limits.secrets else { return .full(limit: Limits.secrets) }
          if !state.isFirstOfCreator {
            guard try await change.uses(.clientSecret) else { return .denied(.proofRequired) }
          }
          entry.about(client: message.clientID, name: state.name)
          entry.data = ["prefix": prefix, "kind": message.secret == nil ? "random" : "chosen"]
          if let expiresAt = message.expiresAt { entry.data["expiresAt"] = expiresAt.formatted(.iso8601) }
          try await change.record(entry)
          if replacesOthers { try await deleteSecrets(of: message.clientID, named: state.name, but: id, change) }
        }
        guard let createdAt = try await change.transaction.write(create).rows.first else { return .notFound }
        return .created(
          Admin.NewClientSecret(
            secret: Secret(secret),
            details: Admin.ClientSecret(
              id: id, prefix: prefix, createdAt: createdAt, expiresAt: message.expiresAt)))
      }
    }
  }

  private func deleteSecrets(
    of client: String, named name: String, but kept: ClientSecretID, _ change: Change
  ) async throws(DatabaseFailure) {
    let delete = Clients.DeleteOtherSecrets(of: client, but: kept)
    for deleted in try await change.transaction.write(delete).rows {
      var entry = change.entry(.clientSecretDeleted, subject: "\(deleted.id)")
      entry.about(client: client, name: name)
      entry.data = ["prefix": deleted.prefix]
      try await change.record(entry)
    }
  }

  func deleteClientSecret(
    _ message: Admin.DeleteClientSecret, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteClientSecret.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        var entry = change.entry(.clientSecretDeleted, subject: "\(message.secretID)")
        let delete = Clients.DeleteSecret(id: message.secretID, clientID: message.clientID)
        guard let prefix = try await change.transaction.write(delete).rows.first else {
          return try await change.wasDone(entry) ? .deleted : .notFound
        }
        let client = try await change.transaction.first(Clients.Get(id: message.clientID))
        entry.about(client: message.clientID, name: client?.settings.name)
        entry.data = ["prefix": prefix]
        try await change.record(entry)
        return .deleted
      }
    }
  }
}

extension Admin.CreateClientSecret {
  /// The REST API's rules for a chosen secret, and an expiry in the future.
  var problems: [FieldProblem] {
    var problems: [FieldProblem] = []
    if let secret = secret?.exposed {
      if !secret.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
        problems.append(FieldProblem("secret", "invalid", "A secret holds printable ASCII characters."))
      } else if secret.utf8.count < Limits.shortestSecret {
        problems.append(
          FieldProblem("secret", "too_short", "A secret has at least \(Limits.shortestSecret) characters."))
      } else if secret.utf8.count > Limits.longestSecret {
        problems.append(FieldProblem("secret", "too_long", "A secret has at most \(Limits.longestSecret) characters."))
      }
    }
    if let expiresAt, expiresAt <= Date() {
      problems.append(FieldProblem("expiresAt", "invalid", "This has passed."))
    }
    return problems
  }
}
