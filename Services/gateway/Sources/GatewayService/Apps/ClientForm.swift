package import LatchkeyProtocol

/// `/settings/admin/oidc-clients/new`
package struct NewClientPage: Page {
  package static let template = "new-client"
  let form: ClientForm
  let atClients = true

  /// - Parameter algorithms: those that tokens can be signed with.
  package init(algorithms: [String]) {
    form = ClientForm(
      Admin.ClientSettings(name: "", callbackURLs: []) { $0.pkceEnabled = true }, algorithms: algorithms)
  }
}

/// The settings of a client that the form edits: first what every app needs, then three sections that most never open.
package struct ClientForm: Sendable {
  let settings: Admin.ClientSettings
  /// The settings by the REST API's names, under which the form sends them: lists have one line per entry.
  let fields: [String: any Sendable]
  /// A callback URL that is just `*`: any request is answered.
  let allowsAnything: Bool
  /// Signing out here also does something in the app, or signing out there does something here.
  let signOutIsSet: Bool
  /// Something about tokens differs from an app's defaults.
  let tokensAreChanged: Bool
  let idTokenAlgorithms: [Choice]
  let accessTokenAlgorithms: [Choice]

  struct Choice: Sendable {
    let value: String
    let chosen: Bool
    let usual: Bool
  }

  /// - Parameter algorithms: those that tokens can be signed with; the client's own is offered even if it is not among
  ///   them.
  package init(_ settings: Admin.ClientSettings, algorithms: [String] = []) {
    var settings = settings.completed(by: .usual)
    settings.pkceEnabled = settings.pkceEnabled || settings.isPublic
    let shown = settings
    func differs(_ setting: KeyPath<Admin.ClientSettings, some Equatable>) -> Bool {
      shown[keyPath: setting] != Admin.ClientSettings.usual[keyPath: setting]
    }
    func choices(_ setting: KeyPath<Admin.ClientSettings, String?>) -> [Choice] {
      let (own, usual) = (shown[keyPath: setting] ?? "", Admin.ClientSettings.usual[keyPath: setting])
      return (algorithms.contains(own) ? algorithms : [own] + algorithms)
        .map { Choice(value: $0, chosen: $0 == own, usual: $0 == usual) }
    }
    self.settings = shown
    fields = Dictionary(uniqueKeysWithValues: Admin.ClientField.all.map { ($0.name, $0.entered(in: shown)) })
    allowsAnything = shown.callbackURLs.contains("*")
    signOutIsSet =
      differs(\.logoutCallbackURLs) || differs(\.backchannelLogoutURI) || differs(\.frontchannelLogoutURI)
    tokensAreChanged =
      differs(\.accessTokenDurationMinutes) || differs(\.refreshTokenDurationMinutes) || differs(\.userinfoOnly)
      || differs(\.idTokenAlgorithm) || differs(\.accessTokenAlgorithm)
    idTokenAlgorithms = choices(\.idTokenAlgorithm)
    accessTokenAlgorithms = choices(\.accessTokenAlgorithm)
  }
}

extension Admin.ClientField {
  /// The setting as a user enters it.
  fileprivate func entered(in settings: Admin.ClientSettings) -> any Sendable {
    switch setting {
    case .text(let path): settings[keyPath: path]
    case .texts(let path): settings[keyPath: path].joined(separator: "\n")
    case .flag(let path): settings[keyPath: path]
    case .minutes(let path): settings[keyPath: path]
    case .keptFlag(let path): settings[keyPath: path] ?? false
    case .address(let path), .keptText(let path), .keptAddress(let path): settings[keyPath: path] ?? ""
    }
  }
}
