import GatewayService
import LatchkeyProtocol
import LatchkeyWords
import Testing

@Suite("An app's page")
struct ClientPageTests {
  private let renderer: PageRenderer

  init() throws { renderer = try Pages.renderer.get() }

  private func html(_ page: some Page) -> String {
    renderer.render(
      page, in: PageFrame(language: .english, instance: Instance(name: "Latchkey"), viewer: PageSamples.ada))
  }

  @Test("an endpoint that the discovery document does not have is not shown")
  func endpoints() {
    let page = ClientPage(
      id: "a", form: EmptyForm.form, endpoints: .init(appURL: "https://id.example.com"), secrets: [])
    #expect(!html(page).contains("End-session URL") && !html(page).contains("Introspection URL"))
    let all = html(PageSamples.client(secrets: 1))
    for path in ["end-session", "introspect", "revoke"] {
      #expect(all.contains("data-copy=\"https://id.example.com/api/oidc/\(path)\""))
    }
  }

  @Test("what few apps need is folded away, and a word says where something is set")
  func folds() {
    let usual = html(PageSamples.client(secrets: 1))
    for id in ["sign-out", "tokens", "patterns"] { #expect(usual.contains("<details class=\"fold\" id=\"\(id)\">")) }
    for word in ["Set up", "Changed", "On"] { #expect(!usual.contains("<span class=\"chip\">\(word)</span>")) }
    let set = html(PageSamples.setClient())
    for word in ["Set up", "Changed", "On"] { #expect(set.contains("<span class=\"chip\">\(word)</span>")) }
    #expect(set.contains("https://grafana.example.com/logout/backchannel"))
  }

  @Test("a * alone is warned of")
  func anything() {
    #expect(html(PageSamples.setClient()).contains("Any website can take over"))
    #expect(!html(PageSamples.client(secrets: 1)).contains("Any website can take over"))
  }

  @Test("the form shows every setting that it sends, and whether it is on")
  func fields() throws {
    func field(_ name: String, _ change: (inout Admin.ClientSettings) -> Void) throws -> Substring {
      let page = html(
        ClientPage(
          id: "a", form: ClientForm(Admin.ClientSettings(name: "A", callbackURLs: [], change)),
          endpoints: .init(appURL: "https://id.example.com"), secrets: []))
      let rest = page[try #require(page.firstRange(of: " name=\"\(name)\""), "\(name)").upperBound...]
      return rest.prefix { $0 != "<" }
    }
    for setting in Admin.ClientField.all where setting.name != "isGroupRestricted" {
      switch setting.setting {
      case .flag(let path):
        #expect(try field(setting.name) { $0[keyPath: path] = true }.contains("checked"), "\(setting.name)")
        #expect(try !field(setting.name) { $0[keyPath: path] = false }.contains("checked"), "\(setting.name)")
      case .keptFlag(let path):
        #expect(try field(setting.name) { $0[keyPath: path] = true }.contains("checked"), "\(setting.name)")
        #expect(try !field(setting.name) { $0[keyPath: path] = nil }.contains("checked"), "\(setting.name)")
      case .text(let path):
        #expect(try field(setting.name) { $0[keyPath: path] = "entered" }.contains("entered"), "\(setting.name)")
      case .texts(let path):
        let lines = try field(setting.name) { $0[keyPath: path] = ["one", "two"] }
        #expect(lines.hasSuffix(">one\ntwo"), "\(setting.name)")
      case .minutes(let path):
        #expect(try field(setting.name) { $0[keyPath: path] = 4711 }.contains("value=\"4711\""), "\(setting.name)")
      case .address(let path), .keptAddress(let path):
        #expect(try field(setting.name) { $0[keyPath: path] = "https://e" }.contains("https://e"), "\(setting.name)")
      case .keptText: continue
      }
    }
  }

  @Test("the app's own algorithm is offered even where it is no longer one of ours")
  func algorithms() {
    func options(_ algorithms: [String], _ own: String? = nil) -> String {
      let settings = Admin.ClientSettings(name: "A", callbackURLs: []) { $0.idTokenAlgorithm = own }
      return html(
        ClientPage(
          id: "a", form: ClientForm(settings, algorithms: algorithms),
          endpoints: .init(appURL: "https://id.example.com"), secrets: []))
    }
    let gone = options(["RS256", "ES256"], "RS512")
    #expect(gone.contains("<option value=\"RS512\" selected>RS512</option>"))
    let unasked = options([])
    #expect(unasked.contains("<option value=\"RS256\" selected>RS256 (usual)</option>"))
  }

  @Test("a known app that has an end-session setting gets its address, and what is registered for after signing out")
  func connect() throws {
    let app = try #require(try PageSamples.knownApps.get()["wallos"])
    func page(_ endpoints: ClientPage.Endpoints, _ logouts: [String]) -> String {
      html(
        ConnectClientPage(
          app, clientID: "wallos", name: "Wallos", callbackURLs: ["https://cloud.example.com/index.php"],
          logoutCallbackURLs: logouts, launchURL: "https://cloud.example.com", secrets: 1, endpoints: endpoints,
          providerName: "Latchkey"))
    }
    let with = page(PageSamples.endpoints(), ["https://cloud.example.com/bye"])
    #expect(with.contains("https://id.example.com/api/oidc/end-session") && with.contains("After signing out"))
    #expect(with.contains("<code>https://cloud.example.com/bye</code>"))
    let without = page(.init(appURL: "https://id.example.com"), [])
    #expect(!without.contains("Logout URL") && !without.contains("After signing out"))
  }
}
