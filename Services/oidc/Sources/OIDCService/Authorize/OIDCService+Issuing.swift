import Encodings
import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import Postgres
import ServiceStore
import Store

extension OIDCService {
  enum Outcome: Sendable {
    case deliver(AuthorizationDelivery)
    /// The response is a form, which only a page can post: nothing was issued.
    case finishOnPage
    case page(OIDC.PageRefusal)
    /// The person must do this first.
    case act(OIDC.Step)
    /// Another request ended the interaction.
    case lost
  }

  /// Carries out the decision, and issues the code when nothing is left to do.
  ///
  /// - Parameter byPage: the caller is a page, which can post a form.
  func proceed(_ decided: DecidedAuthorization, byPage: Bool, _ call: Call) async throws(ServiceFailure) -> Outcome {
    if let session = decided.facts.session, session.stale {
      await store.note(Sessions.Slide(id: session.id, idleSeconds: settings.sessionIdle / .seconds(1)), call)
    }
    if let step = decided.next.asked { return .act(step) }
    let mayDeliver = byPage || decided.request.responseMode != .formPost
    switch decided.next {
    case .issue(let issuance):
      return mayDeliver ? try await issue(issuance, decided, call) : .finishOnPage
    case .refuse(let refusal):
      let delivery = AuthorizationResponse.failure(refusal, issuer: settings.issuer)
      if delivery != nil, !mayDeliver { return .finishOnPage }
      if refusal.error.code == .accessDenied, decided.facts.session != nil {
        await note(
          .clientAuthorizationRefused, refusal.error.code.rawValue, refusal.error.description, about: decided, call)
      }
      guard let delivery else {
        // The interaction stays: another account may be allowed in.
        let client = decided.facts.shown
        return .page(.notAllowed(clientName: client.name, launchURL: client.launchURL))
      }
      if let interaction = decided.interaction {
        _ = try await store.write(Interactions.End(id: interaction, request: call.id), call)
      }
      return .deliver(delivery)
    case .authenticate, .selectAccount, .reauthenticate, .consent: return .lost
    }
  }

  /// The code is derived from the request's id under a server key: the same request gets the same code, and the table
  /// holds only its hash.
  private func issue(
    _ issuance: Issuance, _ decided: DecidedAuthorization, _ call: Call
  ) async throws(ServiceFailure) -> Outcome {
    guard let session = decided.facts.session else { return .lost }
    let request = decided.request
    let code = Base64URL.encode(derived.hash("\(call.id)", purpose: "code"))
    let entry = entry(issuance, decided, session, call)
    let most = settings.limitsAttempts ? Limits.codesPerHour : nil
    let issue = Grants.Issue(
      id: derivedUUID("authorization", call), interaction: decided.interaction, request: call.id,
      codeHash: Data(Digest.sha256(code)), clientID: request.client.id, user: session.user.id, session: session.id,
      scopes: issuance.scopes, redirectURI: request.redirectURIWasSent ? request.redirectURI.text : nil,
      nonce: request.nonce, codeChallenge: request.challenge?.text, authTime: issuance.authenticatedAt,
      amr: issuance.amr, codeLifetimeSeconds: Lifetime.code / .seconds(1), entry: entry,
      offline: request.isOffline, claims: request.claims?.stored, skipsConsent: request.client.skipConsent,
      mostPerHour: most)
    guard try await store.write(issue, call).rows.count == 1 else {
      let room = AuditLog.HasRoom(for: entry, of: session.user.id, most: most)
      guard try await store.first(room, call) == false else { return .lost }
      let error = OAuthError(
        .temporarilyUnavailable, "This account has signed in to apps too often in the last hour. Try again later.")
      let refusal = AuthorizationRefusal.redirect(
        request.redirectURI, mode: request.responseMode, state: request.state, error)
      return AuthorizationResponse.failure(refusal, issuer: settings.issuer).map { .deliver($0) } ?? .lost
    }
    return .deliver(AuthorizationResponse.success(for: request, code: code, issuer: settings.issuer))
  }

  /// The audit log entry about a code. Its id is the request's, whatever the event: a repeated request sees the consent
  /// that it gave itself, and writes no second entry.
  private func entry(
    _ issuance: Issuance, _ decided: DecidedAuthorization, _ session: AuthorizationFacts.Session, _ call: Call
  ) -> AuditEntry {
    let facts = decided.facts
    let agreedBefore =
      facts.client.skipConsent
      ? facts.wasUsedBefore : Set(facts.consentedScopes ?? []).isSuperset(of: issuance.scopes)
    var entry = AuditEntry(
      id: derivedUUID("authorization-entry", call), agreedBefore ? .clientAuthorization : .newClientAuthorization,
      address: call.caller.address, userAgent: call.caller.userAgent, request: call.id)
    entry.userID = session.user.id
    entry.username = session.user.username
    entry.session = session.id
    entry.about(client: facts.client.id, name: facts.shown.name)
    entry.data = ["scope": issuance.scopes.joined(separator: " ")]
    return entry
  }

  /// The user that the `id_token_hint` names.
  func hint(of request: CheckedAuthorizationRequest) async -> SubjectHint {
    guard let hint = request.idTokenHint else { return .absent }
    return await read(hint: hint).map { .subject($0.subject) } ?? .unreadable
  }

  /// An ID token of ours that an app sends back, even one signed by an expired key: read once per request, since it
  /// costs a signature. Nil when it is not one of ours.
  func read(hint: String) async -> IDTokenHint? {
    IDTokenHint(hint, keys: await keyRing.current.hinting, issuer: settings.issuer)
  }
}
