import Encodings
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Connecting known apps")
struct KnownAppRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private let path = "/settings/admin/oidc-clients"

  private func signIn(_ services: FakeServices) {
    services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
    services.on(Admin.GetClient.self, .client(Sample.client))
    services.on(Admin.GetKnownApp.self, .app("grafana"))
  }

  @Test("adding an app begins with choosing it, and the search needs no script")
  func choosing() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      let all = try await client.get("\(path)/new", cookie)
      #expect(all.status == 200 && all.text.contains("?app=grafana") && all.text.contains("?app=other"))
      let found = try await client.get("\(path)/new?search=GRAF", cookie)
      #expect(found.text.contains("?app=grafana") && !found.text.contains("?app=immich"))
      let none = try await client.get("\(path)/new?search=%3Cb%3E", cookie)
      #expect(none.status == 200 && none.text.contains("?app=other") && !none.text.contains("<b>"))
      let chinese = try await client.get(
        "\(path)/new?search=%E7%85%A7%E7%89%87", ["Cookie": "access_token=t; locale=zh-CN"])
      #expect(chinese.text.contains("?app=immich") && !chinese.text.contains("?app=grafana"))
    }
  }

  @Test("a known app asks where it runs; another app asks for everything; an unknown one is not there")
  func forms() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      let known = try await client.get("\(path)/new?app=grafana", cookie)
      #expect(known.text.contains("data-shape=\"{app}/login/generic_oauth\"") && known.text.contains("data-pkce"))
      #expect(!known.text.contains("name=\"id\""))
      let chosen = try await client.get("\(path)/new?app=adventure-log", cookie)
      #expect(chosen.text.contains("name=\"id\"") && !chosen.text.contains("data-pkce"))
      #expect(try await client.get("\(path)/new?app=other", cookie).text.contains("data-new-client"))
      #expect(try await client.get("\(path)/new?app=nothing", cookie).status == 404)
    }
  }

  @Test("only administrators add apps")
  func administrators() async throws {
    try await withGateway { (services, client) async throws in
      #expect(try await client.get("\(path)/new").status == 302)
      var member = Sample.user
      member.isAdmin = false
      services.on(Auth.CurrentSession.self, .signedIn(member, Sample.session))
      #expect(try await client.get("\(path)/new", cookie).status == 403)
      services.on(Admin.GetClient.self, .denied(.notAdministrator))
      #expect(try await client.get("\(path)/grafana/connect", cookie).status == 403)
    }
  }

  @Test("the app's own settings come with our values; the secret's place stays open")
  func settings() async throws {
    try await withGateway(internalURL: "http://latchkey:1411") { (services, client) async throws in
      signIn(services)
      var grafana = Sample.client
      grafana.settings.callbackURLs = ["https://g.example.com/login/generic_oauth"]
      services.on(Admin.GetClient.self, .client(grafana))
      let page = try await client.get("\(path)/grafana/connect", cookie)
      #expect(page.status == 200)
      for text in [
        "GF_AUTH_GENERIC_OAUTH_CLIENT_ID=grafana", "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET={clientSecret}",
        "GF_AUTH_GENERIC_OAUTH_AUTH_URL=http://localhost:1411/authorize",
        "GF_AUTH_GENERIC_OAUTH_TOKEN_URL=http://latchkey:1411/api/oidc/token", "Doorstep", "data-make-secret",
      ] { #expect(page.text.contains(text), "\(text)") }
      #expect(!page.text.contains("{issuer}") && !page.text.contains("{app}"))
      #expect(!page.text.contains("Back-channel logout URL"))
      // Its own page leads there.
      let detail = try await client.get("\(path)/grafana", cookie)
      #expect(detail.text.contains("href=\"\(path)/grafana/connect\""))
    }
  }

  @Test("what is registered is shown beside the settings: where sign-in and sign-out lead back to, and who is told")
  func registered() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      services.on(Admin.GetKnownApp.self, .app("immich"))
      var immich = Sample.client
      immich.settings.callbackURLs = ["https://photos.example.com/auth/login"]
      immich.settings.logoutCallbackURLs = ["https://photos.example.com/out"]
      immich.settings.backchannelLogoutURI = "https://photos.example.com/api/oauth/backchannel-logout"
      services.on(Admin.GetClient.self, .client(immich))
      let page = try await client.get("\(path)/immich/connect", cookie).text
      let registered = try #require(page.firstRange(of: "registered-title")).upperBound
      for url in immich.settings.callbackURLs + immich.settings.logoutCallbackURLs + [
        "https://photos.example.com/api/oauth/backchannel-logout"
      ] { #expect(page[registered...].contains("<code>\(url)</code>"), "\(url)") }
    }
  }

  @Test("a public client is shown no place for a secret, and none can be made")
  func publicClient() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      var opened = Sample.client
      opened.settings.isPublic = true
      services.on(Admin.GetClient.self, .client(opened))
      let page = try await client.get("\(path)/grafana/connect", cookie)
      #expect(page.status == 200 && !page.text.contains("clientSecret") && !page.text.contains("data-make-secret"))
    }
  }

  @Test("a client of no known app has only its own page", arguments: [nil, "gone-from-the-list"])
  func plain(app: String?) async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      services.on(Admin.GetKnownApp.self, .app(app))
      #expect(try await client.get("\(path)/grafana/connect", cookie)["Location"] == "\(path)/grafana")
      #expect(try await !client.get("\(path)/grafana", cookie).text.contains("/grafana/connect"))
      services.on(Admin.GetClient.self, .notFound)
      #expect(try await client.get("\(path)/none/connect", cookie).status == 404)
    }
  }

  @Test("which known app a client is can be noted, if the list has it")
  func noting() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.SetKnownApp.self, .noted)
      let url = "/api/oidc/clients/grafana/known-app"
      #expect(try await client.post(url, ["knownApp": "grafana"], cookie, method: "PUT").status == 204)
      #expect(try await client.post(url, ["knownApp": .null], cookie, method: "PUT").status == 204)
      #expect(services.asked(Admin.SetKnownApp.self).map(\.app) == ["grafana", nil])
      let unknown = try await client.post(url, ["knownApp": "x"], cookie, method: "PUT")
      #expect(unknown.json["details"]?["fields"]?.array?.first?["field"] == "knownApp")
      #expect(services.asked(Admin.SetKnownApp.self).count == 2)
      services.on(Admin.SetKnownApp.self, .denied(.notSignedIn))
      #expect(try await client.post(url, ["knownApp": "grafana"], method: "PUT").status == 401)
    }
  }
}
