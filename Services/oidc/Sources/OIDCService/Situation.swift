import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import Postgres
import ServiceStore
import Store

/// A checked request, all that it is decided by, and the decision.
struct Situation: Sendable {
  let request: CheckedAuthorizationRequest
  let facts: AuthorizationFacts
  /// Nil while the request has not had to wait for anybody, or the browser carries it.
  let interaction: InteractionID?
  let requestedAt: Date
  private let hint: SubjectHint
  private let proof: Interactions.Read.Proof?
  private var isDeclined: Bool
  private var accountSelected: Bool
  private var consentedBy: UserID?
  /// Decided when the situation arises, and again when something in it changes.
  private(set) var next: NextStep

  /// - Parameter requestedAt: nil for a request that has just arrived.
  init(
    request: CheckedAuthorizationRequest, facts: AuthorizationFacts, hint: SubjectHint, requestedAt: Date? = nil
  ) {
    self.init(
      request, facts, hint, interaction: nil, requestedAt: requestedAt ?? facts.now, proof: nil, isDeclined: false,
      accountSelected: false, consentedBy: nil)
  }

  init(request: CheckedAuthorizationRequest, id: InteractionID, row: Interactions.Read.Row, hint: SubjectHint) {
    self.init(
      request, row.facts, hint, interaction: id, requestedAt: row.createdAt, proof: row.proof,
      isDeclined: row.isDeclined,
      accountSelected: row.accountSelectedIn != nil && row.accountSelectedIn == row.facts.session?.id,
      consentedBy: row.consentedBy)
  }

  private init(
    _ request: CheckedAuthorizationRequest, _ facts: AuthorizationFacts, _ hint: SubjectHint,
    interaction: InteractionID?, requestedAt: Date, proof: Interactions.Read.Proof?, isDeclined: Bool,
    accountSelected: Bool, consentedBy: UserID?
  ) {
    self.request = request
    self.facts = facts
    self.hint = hint
    self.interaction = interaction
    self.requestedAt = requestedAt
    self.proof = proof
    self.isDeclined = isDeclined
    self.accountSelected = accountSelected
    self.consentedBy = consentedBy
    next = .authenticate
    decide()
  }

  /// The person chose to go on with the session.
  mutating func selectAccount() {
    accountSelected = true
    decide()
  }

  mutating func consent() {
    consentedBy = facts.session?.user.id
    decide()
  }

  mutating func decline() {
    isDeclined = true
    decide()
  }

  private mutating func decide() {
    let user = facts.session?.user.id
    var scopes = facts.consentedScopes.map { Set($0) }
    if let consentedBy, consentedBy == user { scopes = (scopes ?? []).union(request.consentScopes) }
    next = NextStep.decide(
      request, session: facts.session?.facts, consent: ConsentFacts(scopes: scopes),
      progress: InteractionProgress(
        startedAt: requestedAt, accountSelectedBy: accountSelected ? user?.description : nil,
        reauthentication: proof.flatMap { proof in
          user.map { InteractionProgress.Reauthentication(userID: $0.description, at: proof.at, amr: proof.amr) }
        },
        consentedBy: consentedBy?.description, isDeclined: isDeclined),
      hint: hint, now: facts.now)
  }
}

extension OIDCService {
  enum Outcome: Sendable {
    case deliver(AuthorizationDelivery)
    /// The answer is a form, and only a page can post it: nothing was issued.
    case finishOnPage
    case page(OIDC.PageRefusal)
    /// The person must do this first.
    case act(OIDC.Step)
    /// Another request ended the interaction.
    case lost
  }

  /// Does what was decided, and issues the code where nothing is left to do.
  ///
  /// - Parameter byPage: a page asks, which can post a form.
  func proceed(_ situation: Situation, byPage: Bool, _ call: Call) async throws(ServiceFailure) -> Outcome {
    if let session = situation.facts.session, session.stale {
      await store.note(Sessions.Slide(id: session.id, idleSeconds: settings.sessionIdle / .seconds(1)), call)
    }
    if let step = situation.next.asked { return .act(step) }
    let mayDeliver = byPage || situation.request.responseMode != .formPost
    switch situation.next {
    case .issue(let issuance):
      return mayDeliver ? try await issue(issuance, situation, call) : .finishOnPage
    case .refuse(let refusal):
      let delivery = AuthorizationResponse.failure(refusal, issuer: settings.issuer)
      if delivery != nil, !mayDeliver { return .finishOnPage }
      if refusal.error.code == .accessDenied, situation.facts.session != nil {
        await note(
          .clientAuthorizationRefused, refusal.error.code.rawValue, refusal.error.description, about: situation, call)
      }
      guard let delivery else {
        // The interaction stays: another account may be one that is let in.
        let client = situation.facts.shown
        return .page(.notAllowed(clientName: client.name, launchURL: client.launchURL))
      }
      if let interaction = situation.interaction {
        _ = try await store.write(Interactions.End(id: interaction, request: call.id), call)
      }
      return .deliver(delivery)
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
    let entry = entry(issuance, situation, session, call)
    let most = settings.limitsAttempts ? Limits.codesPerHour : nil
    let issue = Authorizations.Issue(
      id: derivedUUID("authorization", call), interaction: situation.interaction, request: call.id,
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

  /// The record's entry about a code. Its id is the request's, whichever the event: a repeated request sees the consent
  /// that it gave itself, and writes no second entry.
  private func entry(
    _ issuance: Issuance, _ situation: Situation, _ session: AuthorizationFacts.Session, _ call: Call
  ) -> AuditEntry {
    let facts = situation.facts
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

  /// Whom the `id_token_hint` names.
  func hint(of request: CheckedAuthorizationRequest) async -> SubjectHint {
    guard let hint = request.idTokenHint else { return .absent }
    return await read(hint: hint).map { .subject($0.subject) } ?? .unreadable
  }

  /// An ID token of ours that an app sends back, be it by a key whose time is over: once a request, since it costs a
  /// signature. Nil when it is none.
  func read(hint: String) async -> IDTokenHint? {
    IDTokenHint(hint, keys: await keyRing.current.hinting, issuer: settings.issuer)
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
