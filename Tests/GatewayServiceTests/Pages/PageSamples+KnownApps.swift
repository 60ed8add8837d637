import GatewayResources
import GatewayService
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
    return NewKnownClientPage(app, providerName: "Latchkey")
  }

  static func connectClient(_ id: String, secrets: Int?, text: String? = nil) -> any Page {
    guard let app = (try? knownApps.get())?[id] else { return ErrorPage(.notFound) }
    let values: [AppText.Placeholder: String] = [.app: "https://\(id).example.com", .clientId: id]
    return ConnectClientPage(
      app, clientID: text ?? "0b8f2c1e-6a54-4d0a-9a53-5d2f3b1c7e90", name: text ?? app.name,
      callbackURLs: [text].compactMap { $0 } + app.redirectURIs.map { $0.text(values) },
      launchURL: text ?? "https://\(id).example.com", secrets: secrets,
      endpoints: .init(appURL: "https://id.example.com"), providerName: text ?? "Lovelace family")
  }
}
