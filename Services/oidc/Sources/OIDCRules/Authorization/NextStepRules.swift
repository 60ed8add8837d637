internal import Foundation
import OIDCFacts

// The rules behind `NextStep.decide`, in order: the first that answers decides.
extension NextStep {
  struct Rule: Sendable {
    let name: String
    let source: String
    /// Nil when the rule is satisfied.
    let step: @Sendable (Facts) -> NextStep?

    init(_ name: String, _ source: String, _ step: @escaping @Sendable (Facts) -> NextStep?) {
      self.name = name
      self.source = source
      self.step = step
    }
  }

  static let rules: [Rule] = [
    Rule("declined", "RFC 6749 §4.1.2.1 access_denied", declined),
    Rule("session", "Core §3.1.2.3: the End-User is not already authenticated", session),
    Rule("select_account", "Core §3.1.2.1 prompt=select_account", selectAccount),
    Rule("hint", "Core §3.1.2.1 id_token_hint, §3.1.2.2 sub: that user or an error", hint),
    Rule("groups", "the client is restricted to groups", groups),
    Rule("freshness", "Core §3.1.2.1 prompt=login, max_age; the client's re-authentication", freshness),
    Rule("acr", "Core §5.5.1.1: an essential acr is met, by a step up where it takes one", acr),
    Rule("consent", "Core §3.1.2.4", consent),
    Rule("issue", "RFC 6749 §4.1.2", issue),
  ]

  private static func declined(_ facts: Facts) -> NextStep? {
    guard facts.progress.isDeclined else { return nil }
    return refusal(OAuthError(.accessDenied, "The user declined."), facts.request, page: false)
  }

  private static func session(_ facts: Facts) -> NextStep? { facts.session == nil ? .authenticate : nil }

  /// Signing in during this interaction counts as choosing: the passkey dialog shows the accounts.
  private static func selectAccount(_ facts: Facts) -> NextStep? {
    guard facts.request.prompts.contains(.selectAccount), !facts.signedInHere else { return nil }
    return facts.isUser(facts.progress.accountSelectedBy) ? nil : .selectAccount
  }

  /// A person may sign in as another user once; if that is still not the requested user, they get Core's error.
  private static func hint(_ facts: Facts) -> NextStep? {
    // An unreadable hint names a user whom we do not know. If we may not ask who it is, a response about the signed-in
    // user might be about another: the client is told to ask. If we may ask, the hint would only have saved a click,
    // and a client that keeps it after its key has gone would lock its users out for good.
    if facts.hint == .unreadable, facts.request.prompts.contains(.none) {
      return refusal(
        OAuthError(.loginRequired, "The id_token_hint is no ID token of this provider."), facts.request, page: false)
    }
    guard !facts.isWhoIsAskedFor else { return nil }
    guard facts.signedInHere else { return .authenticate }
    return refusal(
      OAuthError(.loginRequired, "The user who signed in is not the one the request is about."), facts.request,
      page: false)
  }

  private static func groups(_ facts: Facts) -> NextStep? {
    guard !facts.request.client.admits(inAllowedGroup: facts.session?.inAllowedGroup ?? false) else { return nil }
    return refusal(OAuthError(.accessDenied, "The user may not use this client."), facts.request, page: true)
  }

  private static func freshness(_ facts: Facts) -> NextStep? {
    let request = facts.request
    // A one-time code is a sign-in but not proof at the level that such a client requires (GHSA-hp74-gm6m-2qm5).
    if request.client.requiresReauthentication, !facts.passkeyUsedHere { return .reauthenticate }
    if request.prompts.contains(.login), !facts.provenHere { return .reauthenticate }
    // A proof within this interaction is always recent enough: with max_age=0 no other proof ever could be.
    if let maxAge = request.maxAge, !facts.provenHere,
      facts.now.timeIntervalSince(facts.authenticatedAt) > TimeInterval(maxAge)
    {
      return .reauthenticate
    }
    return nil
  }

  /// The request's checks refused the classes that no authentication here has: a passkey reaches all that remain.
  private static func acr(_ facts: Facts) -> NextStep? {
    guard let essential = facts.request.claims?.essentialACR else { return nil }
    return ACR.reached(by: facts.amr).map(essential.contains) == true ? nil : .reauthenticate
  }

  private static func consent(_ facts: Facts) -> NextStep? {
    if facts.isUser(facts.progress.consentedBy) { return nil }
    if facts.request.prompts.contains(.consent) { return .consent }
    if facts.request.client.skipConsent { return nil }
    return facts.consent.covers(facts.request.consentScopes) ? nil : .consent
  }

  private static func issue(_ facts: Facts) -> NextStep? {
    guard let session = facts.session else { return .authenticate }
    return .issue(
      Issuance(
        userID: session.userID, sessionID: session.id, authenticatedAt: facts.authenticatedAt, amr: facts.amr,
        scopes: facts.request.scopes))
  }
}

extension NextStep {
  /// Everything that the rules consider.
  struct Facts: Sendable {
    let request: CheckedAuthorizationRequest
    let session: SessionFacts?
    let consent: ConsentFacts
    let progress: InteractionProgress
    let hint: SubjectHint
    let now: Date

    /// Whether a user named elsewhere is the session's user. False for nil.
    func isUser(_ id: String?) -> Bool { id != nil && id == session?.userID }

    var isWhoIsAskedFor: Bool {
      if case .subject(let subject) = hint, !isUser(subject) { return false }
      return request.claims?.subjects.map { $0.contains { isUser($0) } } ?? true
    }

    /// The session began (or was renewed by a sign-in) after the request arrived.
    var signedInHere: Bool { session.map { $0.authenticatedAt >= progress.startedAt } ?? false }

    /// The re-authentication of this interaction, if it was by the user of the session and after the request arrived.
    private var reauthentication: InteractionProgress.Reauthentication? {
      guard let proof = progress.reauthentication, isUser(proof.userID), proof.at >= progress.startedAt
      else { return nil }
      return proof
    }

    var provenHere: Bool { signedInHere || reauthentication != nil }

    var passkeyUsedHere: Bool {
      reauthentication != nil || (signedInHere && (session?.amr.contains(AMR.phishingResistant) ?? false))
    }

    var authenticatedAt: Date {
      let session = session?.authenticatedAt ?? .distantPast
      return max(session, reauthentication?.at ?? session)
    }

    /// How the person proved who they are: in the session, and again in this interaction.
    var amr: [String] {
      let session = session?.amr ?? []
      return session + (reauthentication?.amr ?? []).filter { !session.contains($0) }
    }
  }
}
