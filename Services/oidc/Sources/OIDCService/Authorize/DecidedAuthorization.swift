import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import Store

/// A checked request, everything that decides it, and the decision.
struct DecidedAuthorization: Sendable {
  let request: CheckedAuthorizationRequest
  let facts: AuthorizationFacts
  /// Nil while the request has not had to wait for a user, or the browser carries it.
  let interaction: InteractionID?
  let requestedAt: Date
  private let hint: SubjectHint
  private let proof: Interactions.Read.Proof?
  private var isDeclined: Bool
  private var accountSelected: Bool
  private var consentedBy: UserID?
  /// Decided when the request arrives or is looked up, and again when something in it changes.
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
