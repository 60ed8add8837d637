import Encodings
import Foundation
import GatewayResources
import GatewayService
import LatchkeyProtocol
import LatchkeyWords
import Testing

@Suite("Known apps")
struct KnownAppsTests {
  let file: [UInt8]
  let apps: KnownApps

  init() throws {
    file = try #require(GatewayResources.files["apps.json"])
    apps = try KnownApps(json: file)
  }

  @Test("the apps that the product promises are there, with everything that connects them")
  func there() throws {
    for id in ["linkding", "memos", "grafana", "immich", "nextcloud", "portainer", "beszel", "tinyauth"] {
      let app = try #require(apps[id], "\(id)")
      #expect(!app.redirectURIs.isEmpty && !app.settings.isEmpty)
    }
    #expect(apps.all.count >= 90)
    #expect(apps.all.map { $0.name.lowercased() } == apps.all.map { $0.name.lowercased() }.sorted())
  }

  @Test("every category has a name in every language", arguments: Language.all)
  func categories(_ language: Language) {
    let words = Words.of(language)
    for app in apps.all { #expect(words.sentences["category.\(app.category)"] != nil, "\(app.category)") }
  }

  @Test(
    "what the program does not know stops the start, and is named",
    arguments: [
      ("\"{app}/login/generic_oauth\"", "\"{host}/login/generic_oauth\"", "{host}"),
      ("\"needsEndpoints\"", "\"wantsEndpoints\"", "needsEndpoints"),
      ("\"clientType\": \"public\"", "\"clientType\": \"secret\"", "secret"),
      ("\"pkce\": \"unknown\"", "\"pkce\": \"perhaps\"", "perhaps"),
      ("\"identity\": \"sub\"", "\"identity\": \"nickname\"", "nickname"),
      ("\"joins\": \"either\"", "\"joins\": \"both\"", "both"),
      ("\"verifiedEmail\": \"needed\"", "\"verifiedEmail\": \"wanted\"", "wanted"),
      ("\"idTokenAlgorithms\": null", "\"idTokenAlgorithms\": []", "'idTokenAlgorithms' is an empty list"),
      ("\"where\": \"environment\"", "\"where\": \"a drawer\"", "a drawer"),
      ("\"id\": \"grafana\",", "\"id\": \"grafana\", \"colour\": \"orange\",", "colour"),
      ("\"id\": \"grafana\",", "\"id\": \"linkding\",", "one id"),
      ("\"endSession\":", "\"logout\":", "endSession"),
    ])
  func strict(from: String, to: String, named: String) {
    let text = String(decoding: file, as: UTF8.self)
    #expect(text.contains(from), "the example is not in the file any more")
    let spoilt = Array(text.replacing(from, with: to).utf8)
    #expect { try KnownApps(json: spoilt) } throws: { "\($0)".contains(named) }
  }

  @Test("the pages do not start with apps that cannot be read")
  func start() {
    var files = GatewayResources.files
    files["apps.json"] = Array("{}".utf8)
    #expect { try PageRenderer(files: files) } throws: { "\($0)".contains("apps.json") }
  }

  @Test("few apps leave a part of their redirect URI to be looked up, and one has the client's id in it")
  func redirects() throws {
    #expect(apps.all.filter(\.leavesOpen).map(\.id) == ["dbackup", "freescout"])
    #expect(apps.all.filter(\.namesClientInRedirects).map(\.id) == ["adventure-log"])
  }

  @Test("an app that can be told of sign-outs is registered with the address for it")
  func backchannel() throws {
    let nextcloud = try #require(try PageSamples.knownApps.get()["nextcloud"])
    #expect(
      nextcloud.backchannelLogoutURI?.text([.app: "https://cloud.example.com"])
        == "https://cloud.example.com/apps/user_oidc/backchannel-logout/sso")
    let page = try Pages.renderer.get().render(
      NewKnownClientPage(nextcloud, endpoints: .init(appURL: "https://id.example.com"), providerName: "Latchkey"),
      in: PageFrame(language: .english, instance: Instance(name: "Latchkey"), viewer: PageSamples.ada))
    #expect(page.contains("data-shape=\"{app}/apps/user_oidc/backchannel-logout/sso\""))
  }

  @Test("a search finds words of names and categories in any order and case, in the reader's language")
  func search() {
    let english: (String) -> String = { Words.of(.english)("category.\($0)") }
    let chinese: (String) -> String = { Words.of(Language.first(of: ["zh-CN"]))("category.\($0)") }
    #expect(apps.search("  GRAF ", category: english).map(\.id) == ["grafana"])
    #expect(apps.search("sso jelly", category: english).map(\.id) == ["jellyfin"])
    #expect(apps.search("照片", category: chinese).map(\.id) == apps.search("photos", category: english).map(\.id))
    #expect(apps.search("", category: english).count == apps.all.count)
    #expect(apps.search("no such app", category: english).isEmpty)
  }

  @Test("PKCE is demanded only where that locks nobody out")
  func pkce() throws {
    #expect(try #require(apps["opencloud"]).demandsPKCE && #require(apps["grafana"]).demandsPKCE)
    #expect(try !#require(apps["wallos"]).demandsPKCE && !#require(apps["gitea"]).demandsPKCE)
  }
}
