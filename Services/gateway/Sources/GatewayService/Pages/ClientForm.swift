package import LatchkeyProtocol

/// `/settings/admin/oidc-clients/new`
package struct NewClientPage: Page {
  package static let template = "new-client"
  let form: ClientForm
  let atClients = true

  /// - Parameter algorithms: what tokens can be signed with.
  package init(algorithms: [String]) {
    form = ClientForm(
      Admin.ClientSettings(name: "", callbackURLs: []) { $0.pkceEnabled = true }, algorithms: algorithms)
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

  /// - Parameter algorithms: what tokens can be signed with.
  package init(_ settings: Admin.ClientSettings, algorithms: [String] = []) {
    name = settings.name
    description = settings.description
    callbackURLs = settings.callbackURLs.joined(separator: "\n")
    launchURL = settings.launchURL ?? ""
    isPublic = settings.isPublic
    pkceEnabled = settings.pkceEnabled || settings.isPublic
    requiresReauthentication = settings.requiresReauthentication
    skipConsent = settings.skipConsent
    callbackURLPatterns = settings.callbackPatterns ?? false
    allowsAnything = settings.callbackURLs.contains("*")
    signOut = SignOut(settings)
    tokens = Tokens(settings.completed(by: .usual), algorithms)
  }

  /// What happens in the app when somebody signs out here, and here when they sign out there.
  struct SignOut: Sendable {
    let logoutCallbackURLs: String
    let backchannelLogoutURL: String
    let backchannelLogoutSessionRequired: Bool
    let frontchannelLogoutURL: String
    let frontchannelLogoutSessionRequired: Bool
    /// Anything of it is set.
    let isSet: Bool

    init(_ settings: Admin.ClientSettings) {
      logoutCallbackURLs = settings.logoutCallbackURLs.joined(separator: "\n")
      backchannelLogoutURL = settings.backchannelLogoutURI ?? ""
      backchannelLogoutSessionRequired = settings.backchannelLogoutSessionRequired ?? false
      frontchannelLogoutURL = settings.frontchannelLogoutURI ?? ""
      frontchannelLogoutSessionRequired = settings.frontchannelLogoutSessionRequired ?? false
      isSet = !(logoutCallbackURLs + backchannelLogoutURL + frontchannelLogoutURL).isEmpty
    }
  }

  /// How long tokens are valid, what signs them, and where the claims about the person stand.
  struct Tokens: Sendable {
    let accessTokenDurationMinutes: Int
    let refreshTokenDurationMinutes: Int
    let userinfoOnlyClaims: Bool
    let idTokenAlgorithms: [Choice]
    let accessTokenAlgorithms: [Choice]
    /// Something differs from how an app begins.
    let isChanged: Bool

    struct Choice: Sendable {
      let value: String
      let chosen: Bool
      let usual: Bool
    }

    /// - Parameter algorithms: what can be chosen; the client's own is offered even where it is not among them.
    init(_ settings: Admin.ClientSettings, _ algorithms: [String]) {
      func choices(_ algorithm: KeyPath<Admin.ClientSettings, String?>) -> [Choice] {
        let (own, usual) = (settings[keyPath: algorithm] ?? "", Admin.ClientSettings.usual[keyPath: algorithm])
        return (algorithms.contains(own) ? algorithms : [own] + algorithms)
          .map { Choice(value: $0, chosen: $0 == own, usual: $0 == usual) }
      }
      func differs(_ setting: KeyPath<Admin.ClientSettings, some Equatable>) -> Bool {
        settings[keyPath: setting] != Admin.ClientSettings.usual[keyPath: setting]
      }
      accessTokenDurationMinutes = settings.accessTokenDurationMinutes
      refreshTokenDurationMinutes = settings.refreshTokenDurationMinutes
      userinfoOnlyClaims = settings.userinfoOnly ?? false
      idTokenAlgorithms = choices(\.idTokenAlgorithm)
      accessTokenAlgorithms = choices(\.accessTokenAlgorithm)
      isChanged =
        differs(\.accessTokenDurationMinutes) || differs(\.refreshTokenDurationMinutes) || differs(\.userinfoOnly)
        || differs(\.idTokenAlgorithm) || differs(\.accessTokenAlgorithm)
    }
  }
}
