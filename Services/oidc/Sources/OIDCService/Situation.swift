import Foundation
import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceKit
import Store

/// A checked request and all that it is decided by now.
struct Situation: Sendable {
  let request: CheckedAuthorizationRequest
  let facts: AuthorizationFacts
  var interaction: InteractionID?
  var requestedAt: Date
  var accountSelected = false
  var provenAt: Date?
  var consentedBy: UserID?

  init(request: CheckedAuthorizationRequest, facts: AuthorizationFacts) {
    self.request = request
    self.facts = facts
    self.requestedAt = facts.now
  }

  init(request: CheckedAuthorizationRequest, id: InteractionID, row: Interactions.Read.Row) {
    self.request = request
    self.facts = row.facts
    self.interaction = id
    self.requestedAt = row.createdAt
    self.accountSelected = row.accountSelectedIn != nil && row.accountSelectedIn == row.facts.session?.id
    self.provenAt = row.provenAt
    self.consentedBy = row.consentedBy
  }

  /// The one function that decides, asked anew whenever anything changed.
  func nextStep(hintedSubject: String?) -> NextStep {
    let user = facts.session?.user.id.description
    var scopes = facts.grantedScopes.map { Set($0) }
    if let consentedBy, consentedBy == facts.session?.user.id { scopes = (scopes ?? []).union(request.scopes) }
    return NextStep.decide(
      request, session: facts.session.map(SessionFacts.init), consent: ConsentFacts(scopes: scopes),
      progress: InteractionProgress(
        startedAt: requestedAt, accountSelectedBy: accountSelected ? user : nil,
        reauthentication: provenAt.flatMap { at in
          user.map { InteractionProgress.Reauthentication(userID: $0, at: at) }
        },
        consentedBy: consentedBy?.description),
      hintedSubject: hintedSubject, now: facts.now)
  }
}

extension OIDCService {
  enum Outcome: Sendable {
    case redirect(String)
    case page(OIDC.PageRefusal)
    /// The person must do this first.
    case act(OIDC.Step)
    /// Another request ended the interaction.
    case lost
  }

  /// Decides, and issues the code where nothing is left to do.
  func proceed(_ situation: Situation, _ call: Call) async throws(ServiceFailure) -> Outcome {
    let request = situation.request
    if let session = situation.facts.session, session.stale {
      await store.note(Sessions.Slide(id: session.id, idleSeconds: settings.sessionIdle / .seconds(1)), call)
    }
    let next = situation.nextStep(hintedSubject: await hintedSubject(of: request))
    if let step = next.asked { return .act(step) }
    switch next {
    case .issue(let issuance): return try await issue(issuance, situation, call)
    case .refuse(let refusal):
      if refusal.error.code == .accessDenied {
        await note(
          .clientAuthorizationRefused, refusal.error.code.rawValue, refusal.error.description, about: situation, call)
      }
      guard let location = AuthorizationResponse.failure(refusal, issuer: settings.issuer) else {
        // The interaction stays: another account may be one that is let in.
        let client = situation.facts.client
        return .page(.notAllowed(clientName: client.name, launchURL: client.launchURL))
      }
      if let interaction = situation.interaction {
        _ = try await store.write(Interactions.End(id: interaction, request: call.id), call)
      }
      return .redirect(location)
    case .authenticate, .selectAccount, .reauthenticate, .consent: return .lost
    }
  }

  /// The code is derived from the request's id under a server key: the same request is answered with the same code,
  /// and the table holds only its hash.
  private func issue(
    _ issuance: Issuance, _ situation: Situation, _ call: Call
  ) async throws(ServiceFailure) -> Outcome {
    guard let session = situation.facts.session else { return .lost }
    let request = situation.request
    let code = Base64URL.encode(derived.hash("\(call.id)", purpose: "code"))
    let issue = Authorizations.Issue(
      id: derivedUUID("authorization", call), interaction: situation.interaction, request: call.id,
      codeHash: Data(Digest.sha256(code)), clientID: request.client.id, user: session.user.id, session: session.id,
      scopes: issuance.scopes, redirectURI: request.redirectURIWasSent ? request.redirectURI.text : nil,
      nonce: request.nonce, codeChallenge: request.challenge?.text, authTime: issuance.authenticatedAt,
      amr: issuance.amr, requestedAt: situation.requestedAt,
      codeLifetimeSeconds: Lifetime.code / .seconds(1), entry: entry(issuance, situation, session, call),
      offline: issuance.scopes.contains(Scope.offlineAccess))
    guard try await store.write(issue, call).rows.count == 1 else { return .lost }
    return .redirect(AuthorizationResponse.success(for: request, code: code, issuer: settings.issuer))
  }

  /// The record's entry about a code. Its id is the request's, whichever the event: a repeated request sees the consent
  /// that it gave itself, and writes no second entry.
  private func entry(
    _ issuance: Issuance, _ situation: Situation, _ session: AuthorizationFacts.Session, _ call: Call
  ) -> AuditEntry {
    let agreedBefore = situation.facts.grantedScopes.map { Set($0).isSuperset(of: issuance.scopes) } ?? false
    var entry = AuditEntry(
      id: derivedUUID("authorization-entry", call), agreedBefore ? .clientAuthorization : .newClientAuthorization,
      address: call.caller.address, userAgent: String(call.caller.userAgent.prefix(512)), request: call.id)
    entry.userID = session.user.id
    entry.username = session.user.username
    entry.session = session.id
    entry.clientID = situation.facts.client.id
    entry.clientName = situation.facts.client.name
    entry.data = ["scope": issuance.scopes.joined(separator: " ")]
    return entry
  }

  func hintedSubject(of request: CheckedAuthorizationRequest) async -> String? {
    guard let hint = request.idTokenHint else { return nil }
    return IDTokenHint(hint, keys: await keyRing.current.verifying, issuer: settings.issuer)?.subject
  }
}

extension NextStep {
  /// What the person is asked to do; nil when nothing is.
  var asked: OIDC.Step? {
    switch self {
    case .authenticate: .authenticate
    case .selectAccount: .selectAccount
    case .reauthenticate: .reauthenticate
    case .consent: .consent
    case .issue, .refuse: nil
    }
  }
}
