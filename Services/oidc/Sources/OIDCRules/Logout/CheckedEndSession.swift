/// Something wrong with an end-session request. It goes to the log and, in words, to the page.
public enum EndSessionProblem: String, Error, Sendable, Hashable, CaseIterable {
  /// A parameter is repeated, or cannot be passed back.
  case unreadable
  /// Not an ID token of ours: another issuer's, changed, unsigned, or another kind of token.
  case hint
  /// Issued to a client other than the one that the request names.
  case foreignHint
  /// No client has this id, or the hint's client is gone.
  case unknownClient
  /// The hint is about another user or session than the browser's.
  case otherSession
  /// No hint proves which client the request is from.
  case unprovenDestination
  /// The address is not one of the client's, to the letter.
  case unregisteredDestination
}

/// Where an app wants users to land after signing out: always one of the addresses registered for it.
public struct PostLogoutDestination: Sendable, Hashable {
  public let uri: ProvenRedirectURI
  /// A hint proved that the app asks: the browser may be sent there. Otherwise, only a link may be shown.
  public let isProven: Bool
  public internal(set) var state: String?

  init(uri: ProvenRedirectURI, isProven: Bool) {
    self.uri = uri
    self.isProven = isProven
  }

  /// The address with the state, if one was sent (RP-Initiated Logout §3).
  public var location: String { uri.uri.adding([("state", state)]) }
}

/// The outcome of a request to end the session.
public struct CheckedEndSession: Sendable, Hashable {
  public enum Decision: Sendable, Hashable {
    /// The app asked, and proved it.
    case end
    /// The user has to confirm.
    case ask
    /// Nobody is signed in.
    case over
  }

  /// A session as an ID token identifies it.
  public struct NamedSession: Sendable, Hashable {
    public let id: String
    public let userID: String
  }

  public let decision: Decision
  /// The session to end although no browser presented it: an app's server asks, or a browser that lost its cookie, and
  /// the hint is ours and names client and session (§2: the OP "SHOULD" log out whom the hint identifies).
  public let named: NamedSession?
  /// The client that the request is from, or claims to be from.
  public let clientID: String?
  public let destination: PostLogoutDestination?
  /// In the order of the checks.
  public let problems: [EndSessionProblem]

  init(_ draft: EndSessionRequest.Draft) {
    if draft.meansThisSession {
      decision = .end
    } else {
      decision = draft.facts.session?.isLive == true ? .ask : .over
    }
    if draft.facts.session == nil, draft.client != nil, let hint = draft.hint, let session = hint.sessionID {
      named = NamedSession(id: session, userID: hint.subject)
    } else {
      named = nil
    }
    clientID = draft.client?.id
    destination = draft.destination
    problems = draft.problems
  }
}
