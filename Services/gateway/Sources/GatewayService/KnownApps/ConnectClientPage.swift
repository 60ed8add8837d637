/// `/settings/admin/oidc-clients/:id/connect` — a known app's own settings with our values in them, ready to copy.
package struct ConnectClientPage: Page {
  package static let template = "connect-client"
  let app: AppSummary
  let name: String
  let apiURL: String
  let clientURL: String
  let website: String?
  let usesSecret: Bool
  let noSecret: Bool
  let hints: KnownAppHints
  let groups: String?
  let places: [Place]
  let callbackURLs: [String]
  let logoutCallbackURLs: [String]
  let hasLogoutCallbacks: Bool
  let backchannelLogoutURL: String?
  let atClients = true

  /// - Parameters:
  ///   - name: the client's, which need not be the app's.
  ///   - callbackURLs: as registered, like the post-logout ones and the one that is told of sign-outs.
  ///   - secrets: how many the client has; nil for a public one, which has none and needs none.
  ///   - providerName: the app's name for this installation.
  package init(
    _ app: KnownApp, clientID: String, name: String, callbackURLs: [String], logoutCallbackURLs: [String] = [],
    backchannelLogoutURL: String? = nil, launchURL: String?, secrets: Int?, endpoints: ClientPage.Endpoints,
    providerName: String
  ) {
    self.app = AppSummary(name: app.name)
    self.name = name
    apiURL = "/api/oidc/clients/\(ClientPage.pathID(clientID))"
    clientURL = ClientPage.url(id: clientID)
    website = app.website
    usesSecret = secrets != nil
    noSecret = secrets == 0
    self.callbackURLs = callbackURLs
    self.logoutCallbackURLs = logoutCallbackURLs
    hasLogoutCallbacks = !logoutCallbackURLs.isEmpty
    self.backchannelLogoutURL = backchannelLogoutURL.flatMap { $0.isEmpty ? nil : $0 }
    var values = endpoints.placeholders
    values[.clientId] = clientID
    values[.providerName] = providerName
    values[.app] = app.address(callbackURLs: callbackURLs, launchURL: launchURL)
    // Settings that ask for something that does not exist are left out.
    let shown = app.settings.filter { setting in
      (endpoints.endSession != nil || !setting.value.mentions(.endSession))
        && (secrets != nil || !setting.value.mentions(.clientSecret))
    }
    var order: [KnownApp.Place] = []
    for setting in shown where !order.contains(setting.place) { order.append(setting.place) }
    places = order.enumerated().map { number, place in
      Place(place, number: number + 1, shown.filter { $0.place == place }.map { Setting($0, values) })
    }
    hints = KnownAppHints(app, notes: app.notes?.text(values))
    groups = app.groups?.text(values)
  }

  /// The settings that are made in one place.
  package struct Place: Sendable {
    let anchor: String
    let isEnvironment: Bool
    let file: String?
    let path: String?
    /// All of them as lines of `NAME=value`, if that is how they are written.
    let block: String?
    let settings: [Setting]

    init(_ place: KnownApp.Place, number: Int, _ settings: [Setting]) {
      anchor = "place-\(number)"
      self.settings = settings
      isEnvironment = place == .environment
      switch place {
      case .environment:
        file = nil
        path = nil
        block = settings.map { "\($0.key)=\($0.copy)\n" }.joined()
      case .file(let name):
        file = name
        path = nil
        block = nil
      case .page(let way):
        file = nil
        path = way.replacing(" > ", with: " › ")
        block = nil
      }
    }
  }

  package struct Setting: Sendable {
    let key: String
    let parts: [Part]
    /// What Copy copies: it contains `{clientSecret}` until the secret exists.
    let copy: String

    init(_ setting: KnownApp.Setting, _ values: [AppText.Placeholder: String]) {
      key = setting.key
      parts = setting.value.filled(values).map(Part.init)
      copy = setting.value.text(values)
    }
  }

  /// A piece of a value: text, or a placeholder for what is not known (yet).
  package struct Part: Sendable {
    let text: String
    let isSecret: Bool
    let isAddress: Bool

    init(_ piece: AppText.Piece) {
      switch piece {
      case .text(let text):
        self.text = text
        isSecret = false
        isAddress = false
      case .placeholder(let placeholder):
        text = ""
        isSecret = placeholder == .clientSecret
        isAddress = placeholder == .app
      }
    }
  }
}
