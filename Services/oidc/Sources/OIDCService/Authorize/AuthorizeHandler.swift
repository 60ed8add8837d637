import Foundation
import LatchkeyProtocol
import Logging
import OIDCRules
import Postgres
import ServiceStore
import Store

// Authorize/ owns authorization requests: the endpoint (RFC 6749 §3.1), the interaction that waits for a user, and the
// code or the error that goes back. It must not know how users sign in, what a page looks like, or what a code is
// redeemed for. `DecidedAuthorization` is a request with what `NextStep` says of it now.

extension OIDCService {
  /// The authorization endpoint (RFC 6749 §3.1). Nothing is written before client and redirect URI are proven.
  func authorize(
    _ message: OIDC.Authorize, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Authorize.Response {
    let request: AuthorizationRequest
    let clientID: String
    do {
      request = AuthorizationRequest(try FormParameters(received: message.parameters))
      clientID = try request.clientID()
    } catch let refusal as AuthorizationRefusal {
      return .page(refusal.error.code == .invalidClient ? .unknownClient : .unreadable(refusal.error.description))
    } catch {
      return .page(.unreadable((error as? OAuthError)?.description ?? ""))
    }

    let facts = try await store.first(
      AuthorizationFacts.ForRequest(clientID: clientID, tokenHash: call.sessionHash), call)
    let checked: CheckedAuthorizationRequest
    do {
      checked = try request.checked(for: facts?.client)
    } catch {
      if let facts {
        var entry = AuditEntry(.clientAuthorizationRefused, call)
        entry.fill(facts)
        entry.data = ["error": error.error.code.rawValue, "reason": error.error.description]
        await store.note(OIDCRefusals.Note(entry), call)
      }
      return refused(error, request, facts?.shown)
    }
    guard let facts else { return .page(.unknownClient) }

    if checked.scopes.isEmpty,
      request.parameters.values("scope").contains(where: { $0.utf8.contains(UInt8(ascii: ",")) })
    {
      logger.notice(
        "an app's request asks for nothing: its scopes have commas between them, where spaces belong",
        metadata: ["app": "\(clientID)", "request": "\(call.id)"])
    }
    let decided = DecidedAuthorization(request: checked, facts: facts, hint: await hint(of: checked))
    switch try await proceed(decided, byPage: true, call) {
    case .deliver(.redirect(let location)): return .redirect(location)
    case .deliver(.formPost(let url, let fields)):
      return .post(OIDC.FormPost(facts.shown, url, fields, languages: checked.uiLocales))
    case .page(let refusal): return .page(refusal)
    case .act:
      let waiting = UnfinishedRequest(message.parameters, facts, call)
      guard let handle = try await begin(waiting, isSignedIn: facts.session != nil, call) else {
        return .page(.unreadable("A request of this size cannot wait for a person to sign in: 8 KiB at most."))
      }
      return .interact(handle)
    case .lost, .finishOnPage:
      throw ServiceFailure(.internal, mayHaveHappened: true, "The code could not be issued.")
    }
  }

  private func refused(
    _ refusal: AuthorizationRefusal, _ request: AuthorizationRequest, _ client: OIDC.ClientSummary?
  ) -> OIDC.Authorize.Response {
    switch AuthorizationResponse.failure(refusal, issuer: settings.issuer) {
    case .redirect(let location): return .redirect(location)
    case .formPost(let url, let fields):
      guard let client else { return .page(.unknownClient) }
      return .post(OIDC.FormPost(client, url, fields))
    case nil: break
    }
    if refusal.error.code == .invalidClient { return .page(.unknownClient) }
    // Two redirect URIs are a broken request, not a misconfigured app.
    guard let client, request.parameters.values("redirect_uri").count < 2 else {
      return .page(.unreadable(refusal.error.description))
    }
    let isMissing = request.parameters.values("redirect_uri").allSatisfy(\.isEmpty)
    return .page(.redirectURI(clientName: client.name, isMissing: isMissing ? true : nil))
  }
}
