import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import OIDCFacts
import OIDCRules
import Postgres
import ServiceStore
import Store

// Token/ owns the token endpoint. It must not know how a code came about, nor what a resource does with a token.
//
// The part of the endpoint (RFC 6749 §3.2) that grants share: it checks what was sent, the grant does its own part, and
// whatever the grant throws becomes the response and an audit log entry. A grant reads once, signs in memory and writes
// once.
//
// The audit log has what was refused (a few a minute per user and client), what ended because it was used twice (once
// per authorization) and what apps revoked. It does not have what succeeds: apps refresh all day, and the sign-in that
// it came from is there.
extension OIDCService {
  func exchangeToken(
    _ message: OIDC.ExchangeToken, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let request: CheckedTokenRequest
    do {
      request = try TokenRequest(ReceivedForm(message.request)).checked()
    } catch {
      return refused(error)
    }
    let credentials = request.credentials
    var facts = TokenFacts(credentials)
    do {
      let tokens =
        switch request.grant {
        case .authorizationCode(let grant): try await redeem(grant, by: credentials, &facts, call)
        case .refreshToken(let grant): try await renew(grant, by: credentials, &facts, call)
        case .clientCredentials(let grant): try await grantOwn(grant, to: credentials, &facts, call)
        }
      return .unstored(tokens)
    } catch {
      return try await refused(error, facts, call)
    }
  }

  /// The response to a client's request that was stopped; unexpected failures are rethrown. A code or a token that its
  /// owner used twice ends everything that came of it.
  func refused(_ error: any Error, _ facts: TokenFacts, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    switch error {
    case let failure as ServiceFailure: throw failure
    case let error as OAuthError: return await noted(error, facts, call)
    case GrantRefusal.refused(let error): return await noted(error, facts, call)
    case GrantRefusal.reused(let error):
      guard let grant = facts.grant else { return await noted(error, facts, call) }
      var entry = facts.entry(.tokenReused, call)
      entry.data = ["reason": error.description]
      let end = Grants.End(id: grant.id, facts.reuse, entry: entry)
      guard !(try await store.write(end, call).rows.isEmpty) else { return await noted(error, facts, call) }
      logger.warning(
        "what had been used was presented again: its authorization has ended",
        metadata: ["client": "\(facts.clientID)", "reason": "\(facts.reuse.rawValue)", "request": "\(call.id)"])
      return refused(error)
    default: throw broken(error, call)
    }
  }

  /// Records a refusal that concerns a known client, with the user whose token it was.
  private func noted(_ error: OAuthError, _ facts: TokenFacts, _ call: Call) async -> OIDC.HTTPAnswer {
    if facts.client != nil {
      var entry = facts.entry(.tokenRefused, call)
      entry.data = ["error": error.code.rawValue, "reason": error.description]
      await store.note(OIDCRefusals.Note(entry), call)
    }
    return refused(error)
  }

  func refused(_ error: OAuthError) -> OIDC.HTTPAnswer { .refused(error, realm: settings.issuer) }
}

/// What a client's request turned out to be about, for its audit log entries.
struct TokenFacts: Sendable {
  let clientID: String
  /// The client with the id presented, which may not have proved itself.
  var client: TokenClient?
  var grant: StoredGrant?
  /// Why the grant ends if it was used twice.
  var reuse = Grants.End.Reason.codeReused

  init(_ credentials: PresentedCredentials) { clientID = credentials.clientID }

  init(clientID: String) { self.clientID = clientID }

  func entry(_ event: AuditEvent, _ call: Call) -> AuditEntry {
    var entry = AuditEntry(event, call)
    entry.about(client: clientID, name: client?.name)
    // The entry does not name the user of another client's code or token.
    if let grant, grant.clientID == clientID { entry.userID = UserID(grant.userID) }
    return entry
  }
}

extension ReceivedForm {
  init(_ request: OIDC.ClientRequest) throws(OAuthError) {
    self.init(
      authorization: request.authorization.map(\.exposed), form: try FormParameters(received: request.form),
      hasQuery: request.hasQuery)
  }
}
