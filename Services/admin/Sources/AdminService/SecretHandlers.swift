import Foundation
public import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import Store

extension AdminService {
  public func createClientSecret(
    _ message: Admin.CreateClientSecret, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateClientSecret.Response {
    let principal: Principal
    switch try await administrator(call) {
    case .failure(let denied): return .denied(denied.denial)
    case .success(let found): principal = found
    }
    if message.secret != nil {
      return .invalid([FieldProblem("secret", "unsupported", "Leave this out: a random secret is made.")])
    }
    if let expiresAt = message.expiresAt, expiresAt <= Date() {
      return .invalid([FieldProblem("expiresAt", "invalid", "This has passed.")])
    }
    let allowed = Clients.SecretAllowed(
      clientID: message.clientID, session: principal.session?.session.id,
      windowSeconds: Limits.creatorWindow / .seconds(1))
    guard let state = try await store.first(allowed, call) else { return .notFound }
    guard state.secrets < Limits.secrets else { return .full(limit: Limits.secrets) }
    // Derived from the request's id, so that a repeated request is told the same secret without its being stored.
    let secret = Base64URL.encode(derived.hash("\(call.id)", purpose: "client-secret/\(message.clientID)"))
    let id = ClientSecretID(derivedUUID("client-secret-id", call))
    let prefix = String(secret.prefix(4))
    let create = Clients.CreateSecret(
      id: id, clientID: message.clientID, algorithm: "sha256", hash: Data(Digest.sha256(secret)), prefix: prefix,
      expiresAt: message.expiresAt, session: principal.session?.session.id, request: call.id,
      proofNeeded: principal.key == nil && !state.isFirstOfCreator)
    guard let createdAt = try await store.write(create, call).rows.first else { return .denied(.proofRequired) }
    logger.notice(
      "client secret created",
      metadata: ["client": "\(message.clientID)", "by": "\(principal.user.id)", "request": "\(call.id)"])
    return .created(
      Admin.NewClientSecret(
        secret: Secret(secret),
        details: Admin.ClientSecret(id: id, prefix: prefix, createdAt: createdAt, expiresAt: message.expiresAt)))
  }

  public func deleteClientSecret(
    _ message: Admin.DeleteClientSecret, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteClientSecret.Response {
    if case .failure(let denied) = try await administrator(call) { return .denied(denied.denial) }
    let delete = Clients.DeleteSecret(id: message.secretID, clientID: message.clientID)
    return try await store.write(delete, call).count > 0 ? .deleted : .notFound
  }
}
