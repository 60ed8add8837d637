import GatewayService
import LatchkeyWords
import Testing

@Suite("What to know about a known app")
struct KnownAppHintsTests {
  /// The sentences about an app that a page shows.
  private func hints(_ page: any Page, of app: KnownApp, in language: Language) throws -> Set<String> {
    func rendered(_ page: some Page) throws -> String {
      try Pages.renderer.get().render(
        page, in: PageFrame(language: language, instance: Instance(name: "Latchkey"), viewer: PageSamples.ada))
    }
    let html = try rendered(page).replacing(/<\/?bdi>/, with: "")
    let words = Words.of(language)
    let known = words.sentences.filter { $0.key.hasPrefix("appHints.") }
    return Set(
      known.compactMap { key, sentence in
        let filled = sentence.replacing("{app.name}", with: app.name)
          .replacing("{hints.algorithms}", with: (app.idTokenAlgorithms ?? []).joined(separator: ", "))
        return html.contains(filled) ? key.replacing("appHints.", with: "") : nil
      })
  }

  @Test(
    "each page of an app says what can lose an account, hand it on or keep people out, in every language",
    arguments: [
      ("grist", ["byEmail", "joinsEmail", "needsVerified", "verifiedSwitch"]),
      ("freshrss", ["byUsername", "joinsUsername"]), ("gameyfin", ["joinsEither"]),
      ("arcane", ["joinsVerified", "verifiedSwitch"]), ("linkding", ["byEmail", "joinsEmail", "algorithms"]),
      ("grafana", []),
    ])
  func said(id: String, expected: [String]) throws {
    let app = try #require(try PageSamples.knownApps.get()[id])
    for page in [PageSamples.newKnownClient(id), PageSamples.connectClient(id, secrets: 1)] {
      for language in Language.all {
        #expect(try hints(page, of: app, in: language) == Set(expected), "\(language)")
      }
    }
  }

  @Test("notes about an app name our addresses in full, before it is added too")
  func notes() throws {
    let dozzle = try #require(try PageSamples.knownApps.get()["dozzle"])
    #expect(dozzle.notes?.mentions(.endSession) == true)
    let endpoints = ClientPage.Endpoints(
      appURL: "https://id.example.com", endSession: "https://id.example.com/api/oidc/end-session")
    let html = try Pages.renderer.get().render(
      NewKnownClientPage(dozzle, endpoints: endpoints, providerName: "Latchkey"),
      in: PageFrame(language: .english, instance: Instance(name: "Latchkey"), viewer: PageSamples.ada))
    #expect(html.contains("https://id.example.com/api/oidc/end-session") && !html.contains("{endSession}"))
  }
}
