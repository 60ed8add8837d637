import Encodings
import GatewayResources
import GatewayService
import LatchkeyProtocol
import LatchkeyWords

extension PageSamples {
  /// The samples name apps that the list has: a test of its own says so.
  static let knownApps = Result { try KnownApps(json: GatewayResources.files["apps.json"] ?? []) }

  static func chooseApp(_ search: String?) -> any Page {
    let category: (String) -> String = { Words.of(.english)("category.\($0)") }
    let found = (try? knownApps.get())?.search(search ?? "", category: category) ?? []
    return ChooseAppPage(apps: found, search: search ?? "", category: category)
  }

  static func newKnownClient(_ id: String) -> any Page {
    guard let app = (try? knownApps.get())?[id] else { return ErrorPage(.notFound) }
    return NewKnownClientPage(app, endpoints: .init(appURL: "https://id.example.com"), providerName: "Latchkey")
  }

  static func connectClient(_ id: String, secrets: Int?, text: String? = nil) -> any Page {
    guard let app = (try? knownApps.get())?[id] else { return ErrorPage(.notFound) }
    let values: [AppText.Placeholder: String] = [.app: "https://\(id).example.com", .clientId: id]
    return ConnectClientPage(
      app, clientID: text ?? "0b8f2c1e-6a54-4d0a-9a53-5d2f3b1c7e90", name: text ?? app.name,
      callbackURLs: [text].compactMap { $0 } + app.redirectURIs.map { $0.text(values) },
      logoutCallbackURLs: app.postLogoutRedirectURIs.map { $0.text(values) },
      backchannelLogoutURL: text ?? app.backchannelLogoutURI?.text(values),
      launchURL: text ?? "https://\(id).example.com", secrets: secrets,
      endpoints: .init(appURL: "https://id.example.com"), providerName: text ?? "Lovelace family")
  }

  static func mismatch(
    _ url: String, _ differences: [OIDC.Difference], known: Bool = true, refusal: String? = nil,
    name: String = "Grafana"
  ) -> MismatchPage {
    let registered = [
      OIDC.Registered(
        pieces: [
          OIDC.Piece("https://grafana.example.com/login/", differs: false), OIDC.Piece("generic_oauth", differs: true),
        ], differences: differences),
      OIDC.Registered(
        pieces: [OIDC.Piece("https://", differs: false), OIDC.Piece(name, differs: true)],
        differences: OIDC.Difference.allCases),
    ]
    return MismatchPage(
      OIDC.Mismatch(
        clientID: name, clientName: name,
        arrived: OIDC.Arrived(
          url: url,
          pieces: [
            OIDC.Piece(String(url.prefix(20)), differs: false), OIDC.Piece(String(url.dropFirst(20)), differs: true),
          ],
          host: known ? "grafana.example.com" : url, hostIsRegistered: known, refusal: refusal), registered: registered),
      requestID: "5f0c1e6a9b7d4c3288aa01fe4410d2b7")
  }

  static func firstSteps(
    done: [Admin.FirstStep], skipped: [Admin.FirstStep], text: String? = nil
  ) -> FirstStepsPage {
    let person = Person(id: text ?? "4f9c", displayName: text ?? "Ada", username: text ?? "ada")
    return FirstStepsPage(
      Admin.FirstSteps(done: done, skipped: skipped), user: person, signupLinks: true, emailRequired: true)
  }
}
