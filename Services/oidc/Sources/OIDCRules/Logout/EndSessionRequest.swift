/// A request to end the browser's session as received (OpenID Connect RP-Initiated Logout 1.0 §2): nothing in it is
/// trusted.
public struct EndSessionRequest: Sendable {
  public let parameters: FormParameters

  public init(_ parameters: FormParameters) { self.parameters = parameters }

  /// The `id_token_hint` as sent, to be verified with our keys. Nil when it cannot be read: the checks say why.
  public var idTokenHint: String? { try? parameters.value("id_token_hint") }

  /// The client id that the request claims: the caller looks the client up by it.
  public func clientID(hint: IDTokenHint?) -> String? {
    let named = try? parameters.value("client_id")
    guard let id = named ?? hint?.soleAudience, id.utf8.count <= Limits.clientID else { return nil }
    return id
  }

  /// Runs all of `EndSessionRequest.checks` in order: what a check finds wrong is dropped, and the user may sign out
  /// with what is left.
  public func checked(_ facts: Facts) -> CheckedEndSession {
    var draft = Draft(parameters: parameters, facts: facts)
    for check in Self.checks {
      do { try check.run(&draft) } catch { draft.problems.append(error) }
    }
    return CheckedEndSession(draft)
  }
}

extension EndSessionRequest {
  /// What is known besides the request.
  public struct Facts: Sendable {
    /// The hint, if it is an ID token of ours, expired or not.
    public let hint: IDTokenHint?
    /// The client of `clientID(hint:)`; nil when there is none.
    public let client: Client?
    /// The browser's session; nil when it has none that could be ended.
    public let session: Session?

    public init(hint: IDTokenHint?, client: Client?, session: Session?) {
      self.hint = hint
      self.client = client
      self.session = session
    }
  }

  public struct Client: Sendable {
    public let id: String
    public let logoutCallbackURLs: [String]
    public let patterns: CallbackPatterns

    /// - Parameter patterns: how its URLs are read.
    public init(id: String, logoutCallbackURLs: [String], patterns: CallbackPatterns = .exact) {
      self.id = id
      self.logoutCallbackURLs = logoutCallbackURLs
      self.patterns = patterns
    }
  }

  public struct Session: Sendable {
    public let id: String
    public let userID: String
    /// False once it has expired: nobody is signed in, but what it issued may live on until it is ended.
    public let isLive: Bool

    public init(id: String, userID: String, isLive: Bool = true) {
      self.id = id
      self.userID = userID
      self.isLive = isLive
    }
  }

  /// What the checks have established so far.
  struct Draft {
    var parameters: FormParameters
    let facts: Facts

    /// Ours, and of this client.
    var hint: IDTokenHint?
    /// It exists. Named by the hint, or only by the request.
    var client: Client?
    /// The hint names the session that would end.
    var meansThisSession = false
    var destination: PostLogoutDestination?
    var problems: [EndSessionProblem] = []
  }

  typealias Check = DraftCheck<Draft, EndSessionProblem>
}

extension IDTokenHint {
  /// Ours have one audience; a token with several names no client.
  fileprivate var soleAudience: String? { audience.count == 1 ? audience.first : nil }
}
