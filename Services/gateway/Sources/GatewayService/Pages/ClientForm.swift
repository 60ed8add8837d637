/// `/settings/admin/oidc-clients/new`
package struct NewClientPage: Page {
  package static let template = "new-client"
  let form: ClientForm
  let atClients = true

  /// - Parameter algorithms: what tokens can be signed with.
  package init(algorithms: [String]) {
    form = ClientForm(
      name: "", description: "", callbackURLs: [], launchURL: nil, isPublic: false, pkceEnabled: true,
      requiresReauthentication: false, skipConsent: false, tokens: ClientForm.Tokens(algorithms: algorithms))
  }
}

/// The settings of a client that the form edits, by the API's names: first what every app needs, then three sections
/// that most never open.
package struct ClientForm: Sendable {
  let name: String
  let description: String
  let callbackURLs: String
  let launchURL: String
  let isPublic: Bool
  let pkceEnabled: Bool
  let requiresReauthentication: Bool
  let skipConsent: Bool
  let callbackURLPatterns: Bool
  /// A callback URL that is nothing but `*`: whoever asks is answered.
  let allowsAnything: Bool
  let signOut: SignOut
  let tokens: Tokens

  package init(
    name: String, description: String, callbackURLs: [String], launchURL: String?, isPublic: Bool, pkceEnabled: Bool,
    requiresReauthentication: Bool, skipConsent: Bool, callbackURLPatterns: Bool = false, signOut: SignOut = SignOut(),
    tokens: Tokens = Tokens()
  ) {
    self.name = name
    self.description = description
    self.callbackURLs = callbackURLs.joined(separator: "\n")
    self.launchURL = launchURL ?? ""
    self.isPublic = isPublic
    self.pkceEnabled = pkceEnabled || isPublic
    self.requiresReauthentication = requiresReauthentication
    self.skipConsent = skipConsent
    self.callbackURLPatterns = callbackURLPatterns
    allowsAnything = callbackURLs.contains("*")
    self.signOut = signOut
    self.tokens = tokens
  }

  /// What happens in the app when somebody signs out here, and here when they sign out there.
  package struct SignOut: Sendable {
    let logoutCallbackURLs: String
    let backchannelLogoutURL: String
    let backchannelLogoutSessionRequired: Bool
    let frontchannelLogoutURL: String
    let frontchannelLogoutSessionRequired: Bool
    /// Anything of it is set.
    let isSet: Bool

    package init(
      logoutCallbackURLs: [String] = [], backchannelLogoutURL: String? = nil,
      backchannelLogoutSessionRequired: Bool = false, frontchannelLogoutURL: String? = nil,
      frontchannelLogoutSessionRequired: Bool = false
    ) {
      self.logoutCallbackURLs = logoutCallbackURLs.joined(separator: "\n")
      self.backchannelLogoutURL = backchannelLogoutURL ?? ""
      self.backchannelLogoutSessionRequired = backchannelLogoutSessionRequired
      self.frontchannelLogoutURL = frontchannelLogoutURL ?? ""
      self.frontchannelLogoutSessionRequired = frontchannelLogoutSessionRequired
      isSet = !logoutCallbackURLs.isEmpty || backchannelLogoutURL != nil || frontchannelLogoutURL != nil
    }
  }

  /// How long tokens are valid, what signs them, and where the claims about the person stand.
  package struct Tokens: Sendable {
    let accessTokenDurationMinutes: Int
    let refreshTokenDurationMinutes: Int
    let userinfoOnlyClaims: Bool
    let idTokenAlgorithms: [Choice]
    let accessTokenAlgorithms: [Choice]
    /// Something differs from how an app begins.
    let isChanged: Bool

    package struct Choice: Sendable {
      let value: String
      let chosen: Bool
      let usual: Bool
    }

    /// - Parameters:
    ///   - idTokenAlgorithm: nil for the usual one.
    ///   - algorithms: what can be chosen; the client's own is offered even where it is not among them.
    package init(
      accessTokenDurationMinutes: Int = Usual.accessTokenMinutes,
      refreshTokenDurationMinutes: Int = Usual.refreshTokenMinutes, userinfoOnlyClaims: Bool = false,
      idTokenAlgorithm: String? = nil, accessTokenAlgorithm: String? = nil, algorithms: [String] = []
    ) {
      self.accessTokenDurationMinutes = accessTokenDurationMinutes
      self.refreshTokenDurationMinutes = refreshTokenDurationMinutes
      self.userinfoOnlyClaims = userinfoOnlyClaims
      idTokenAlgorithms = Self.choices(algorithms, idTokenAlgorithm, usual: Usual.idTokenAlgorithm)
      accessTokenAlgorithms = Self.choices(algorithms, accessTokenAlgorithm, usual: Usual.accessTokenAlgorithm)
      isChanged =
        accessTokenDurationMinutes != Usual.accessTokenMinutes
        || refreshTokenDurationMinutes != Usual.refreshTokenMinutes || userinfoOnlyClaims
        || idTokenAlgorithm ?? Usual.idTokenAlgorithm != Usual.idTokenAlgorithm
        || accessTokenAlgorithm ?? Usual.accessTokenAlgorithm != Usual.accessTokenAlgorithm
    }

    private static func choices(_ algorithms: [String], _ own: String?, usual: String) -> [Choice] {
      let chosen = own ?? usual
      let all = algorithms.contains(chosen) ? algorithms : [chosen] + algorithms
      return all.map { Choice(value: $0, chosen: $0 == chosen, usual: $0 == usual) }
    }
  }

  /// How an app begins.
  package enum Usual {
    package static let accessTokenMinutes = 60
    /// 30 days.
    package static let refreshTokenMinutes = 43_200
    package static let idTokenAlgorithm = "RS256"
    package static let accessTokenAlgorithm = "RS256"
  }
}
