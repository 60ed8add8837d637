public import Foundation
public import OIDCFacts

/// What the user agreed to before, for this client.
public struct ConsentFacts: Sendable, Hashable {
  /// Nil when they never agreed.
  public let scopes: Set<String>?

  public init(scopes: Set<String>?) { self.scopes = scopes }
  public static let none = ConsentFacts(scopes: nil)

  func covers(_ requested: [String]) -> Bool { scopes.map { $0.isSuperset(of: requested) } ?? false }
}

/// What has been done in this interaction, and by whom: a step that one account completed does not count for another.
public struct InteractionProgress: Sendable, Hashable {
  /// When the authorization request arrived.
  public let startedAt: Date
  /// Who confirmed the account (`select_account`).
  public let accountSelectedBy: String?
  /// Who re-authenticated with a passkey for this very interaction, and when.
  public let reauthentication: Reauthentication?
  /// Who agreed to what the request asks for.
  public let consentedBy: String?
  /// The person declined, regardless of account.
  public let isDeclined: Bool

  public struct Reauthentication: Sendable, Hashable {
    public let userID: String
    public let at: Date
    /// Authentication methods, of `AMR`: a passkey's.
    public let amr: [String]

    public init(userID: String, at: Date, amr: [String]) {
      self.userID = userID
      self.at = at
      self.amr = amr
    }
  }

  public init(
    startedAt: Date, accountSelectedBy: String? = nil, reauthentication: Reauthentication? = nil,
    consentedBy: String? = nil, isDeclined: Bool = false
  ) {
    self.startedAt = startedAt
    self.accountSelectedBy = accountSelectedBy
    self.reauthentication = reauthentication
    self.consentedBy = consentedBy
    self.isDeclined = isDeclined
  }
}

/// The user that an `id_token_hint` names.
public enum SubjectHint: Sendable, Hashable {
  /// None was sent.
  case absent
  case subject(String)
  /// One was sent that is not an ID token of ours: unsigned, forged, another issuer's, or older than our oldest key.
  case unreadable
}

/// What a code is issued for.
public struct Issuance: Sendable, Hashable {
  public let userID: String
  public let sessionID: String
  /// `auth_time`: the last proof, in the session or in this interaction.
  public let authenticatedAt: Date
  public let amr: [String]
  public let scopes: [String]
}

/// What happens next with a checked request. One function decides, every time anything changes.
public enum NextStep: Sendable, Hashable {
  /// Sign in: there is no session, or it is not the requested user's.
  case authenticate
  case selectAccount
  /// Prove again who you are.
  case reauthenticate
  case consent
  case issue(Issuance)
  /// No step helps. A page if a person can read it, the client if nobody may be asked (`prompt=none`).
  case refuse(AuthorizationRefusal)

  /// - Parameters:
  ///   - hint: the user that the `id_token_hint` names (see `IDTokenHint`).
  ///   - now: the database's time, like every other time here.
  public static func decide(
    _ request: CheckedAuthorizationRequest, session: SessionFacts?, consent: ConsentFacts,
    progress: InteractionProgress, hint: SubjectHint = .absent, now: Date
  ) -> NextStep {
    let facts = Facts(
      request: request, session: session, consent: consent, progress: progress, hint: hint, now: now)
    for rule in rules {
      if let step = rule.step(facts) { return request.prompts.contains(.none) ? step.silent(request) : step }
    }
    // Unreachable: the last rule always answers.
    return refusal(OAuthError(.serverError, "No rule applies."), request, page: true)
  }

  /// Core §3.1.2.1: `none` MUST NOT display anything; what would have been displayed becomes its error (§3.1.2.6).
  private func silent(_ request: CheckedAuthorizationRequest) -> NextStep {
    switch self {
    case .authenticate, .reauthenticate:
      Self.refusal(OAuthError(.loginRequired, "The user has to sign in."), request, page: false)
    case .selectAccount:
      Self.refusal(OAuthError(.accountSelectionRequired, "The user has to choose an account."), request, page: false)
    case .consent:
      Self.refusal(OAuthError(.consentRequired, "The user has to consent."), request, page: false)
    case .refuse(let refusal): Self.refusal(refusal.error, request, page: false)
    case .issue: self
    }
  }

  static func refusal(_ error: OAuthError, _ request: CheckedAuthorizationRequest, page: Bool) -> NextStep {
    guard !page else { return .refuse(.page(error)) }
    return .refuse(.redirect(request.redirectURI, mode: request.responseMode, state: request.state, error))
  }
}
