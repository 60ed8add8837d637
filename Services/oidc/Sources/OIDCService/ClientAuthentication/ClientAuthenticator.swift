import Foundation
import LatchkeyProtocol
import Logging
import OIDCFacts
import OIDCRules
import ServiceKit
import ServiceStore
import Store

// ClientAuthentication/ owns how a client proves who it is (RFC 6749 §2.3), for every endpoint that asks, and how often
// it may be wrong. It must not know what the client wants.

extension OIDCService {
  /// Client authentication (RFC 6749 §2.3), for every endpoint that asks for it. An imported secret is compared once
  /// with the hash that it came with, then hashed anew: the next request finds a hash of ours.
  ///
  /// - Parameter client: the client with the id presented; nil when there is none.
  func authenticated(
    _ credentials: PresentedCredentials, _ client: TokenClient?, _ call: Call
  ) async throws -> AuthenticatedClient {
    guard let client, credentials.secret != nil, settings.limitsAttempts else {
      return try await compared(credentials, client, call)
    }
    guard !secretGuesses.areSpent(client.id, call) else { throw OAuthError.wrongClient }
    do {
      return try await compared(credentials, client, call)
    } catch let error as OAuthError where error.code == .invalidClient {
      if let seconds = try await secretGuesses.count(client.id, store, call) {
        logger.warning(
          "too many wrong secrets for an app from one network: even the right one is refused from there for \(seconds) s",
          metadata: ["app": "\(client.id)", "client": "\(call.caller.address)", "request": "\(call.id)"])
      }
      throw error
    }
  }

  private func compared(
    _ credentials: PresentedCredentials, _ client: TokenClient?, _ call: Call
  ) async throws -> AuthenticatedClient {
    let stored = client?.credentials
    let now = client?.now ?? clock.now()
    var slowMatch: String?
    if let secret = credentials.secret {
      for candidate in credentials.slowCandidates(of: stored, hashKey: clientSecretKey, now: now) {
        guard try await fits(secret, candidate) else { continue }
        slowMatch = candidate.id
        await rehash(candidate, secret, call)
        break
      }
    }
    let authenticated: AuthenticatedClient
    do throws(OAuthError) {
      authenticated = try credentials.authenticated(
        by: stored, hashKey: clientSecretKey, slowMatch: slowMatch, now: now)
    } catch {
      if let other = credentials.withPluses,
        (try? other.authenticated(by: stored, hashKey: clientSecretKey, slowMatch: nil, now: now)) != nil
      {
        logger.notice(
          "an app's secret has a plus that it sends unencoded: it has to form-encode it (RFC 6749 §2.3.1), or use client_secret_post",
          metadata: ["app": "\(other.clientID)", "request": "\(call.id)"])
      }
      throw error
    }
    if slowMatch == nil, let used = stored?.secrets.first(where: { $0.id == authenticated.secretID }), used.isStale,
      let id = ClientSecretID(used.id)
    {
      await store.note(Clients.NoteSecretUse(id: id), call)
    }
    return authenticated
  }

  private func fits(_ secret: String, _ candidate: StoredSecret) async throws -> Bool {
    do {
      return try await bcrypt.fits(secret, candidate.hash)
    } catch {
      throw ServiceFailure(.overloaded, mayHaveHappened: false, "Too many imported secrets are being compared.")
    }
  }

  /// Losing this does no harm: the next request does it again.
  private func rehash(_ secret: StoredSecret, _ text: String, _ call: Call) async {
    guard let id = ClientSecretID(secret.id) else { return }
    let algorithm = StoredSecret.OwnAlgorithm.hmacSHA256
    await store.note(
      Clients.RehashSecret(
        id: id, oldHash: Data(secret.hash), algorithm: algorithm.stored.rawValue,
        hash: Data(StoredSecret.hash(text, algorithm, hashKey: clientSecretKey))), call)
  }
}
