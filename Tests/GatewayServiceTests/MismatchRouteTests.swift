import Encodings
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Redirect URIs that are not registered")
struct MismatchRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private let path = "/authorize?client_id=grafana&redirect_uri=https%3A%2F%2Fg.example.com%2Fcb%2F"

  static func mismatch(
    _ url: String = "https://g.example.com/cb/", known: Bool = true, refusal: String? = nil
  ) -> OIDC.Mismatch {
    OIDC.Mismatch(
      clientID: "grafana", clientName: "Grafana",
      arrived: OIDC.Arrived(
        url: url, pieces: [OIDC.Piece(url, differs: true)], host: "g.example.com", hostIsRegistered: known,
        refusal: refusal),
      registered: [
        OIDC.Registered(
          pieces: [OIDC.Piece("https://secret.example.com/cb", differs: false)], differences: [.trailingSlash])
      ])
  }

  private func refuse(_ services: FakeServices) {
    services.on(OIDC.Authorize.self, .page(.redirectURI(clientName: "Grafana")))
  }

  @Test("a signed-in administrator sees both addresses and may decide; the page is one of ours and leads nowhere")
  func administrator() async throws {
    try await withGateway { (services, client) async throws in
      refuse(services)
      services.on(OIDC.ExplainMismatch.self, .mismatch(Self.mismatch()))
      let reply = try await client.get(path, cookie)
      #expect(reply.status == 400 && reply["Location"] == nil)
      for text in [
        "https://g.example.com/cb/", "https://secret.example.com/cb", "data-add-redirect",
        "data-client=\"/api/oidc/clients/grafana\"",
      ] { #expect(reply.text.contains(text), "\(text)") }
      #expect(!reply.text.contains("data-own-host") && !reply.text.contains("href=\"https://g.example.com"))
      #expect(services.asked(OIDC.ExplainMismatch.self).first?.parameters.count == 2)
    }
  }

  @Test("another host takes one decision more")
  func foreign() async throws {
    try await withGateway { (services, client) async throws in
      refuse(services)
      services.on(OIDC.ExplainMismatch.self, .mismatch(Self.mismatch(known: false)))
      let reply = try await client.get(path, cookie)
      #expect(reply.text.contains("data-own-host") && reply.text.contains("data-add-redirect disabled"))
      services.on(OIDC.ExplainMismatch.self, .mismatch(Self.mismatch(refusal: "The redirect URI has a fragment.")))
      let never = try await client.get(path, cookie)
      #expect(never.text.contains("has a fragment") && !never.text.contains("data-add-redirect"))
    }
  }

  @Test("a redirect URI that is missing is not said to be unregistered")
  func missing() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .page(.redirectURI(clientName: "Grafana", isMissing: true)))
      let reply = try await client.get("/authorize?client_id=grafana")
      #expect(reply.status == 400 && reply.text.contains("does not say where to send you back to"))
      #expect(!reply.text.contains("not registered"))
    }
  }

  @Test("everybody else sees the app's name and no address at all, and nobody is asked for a visitor")
  func others() async throws {
    try await withGateway { (services, client) async throws in
      refuse(services)
      let visitor = try await client.get(path)
      #expect(visitor.status == 400 && visitor.text.contains("Grafana"))
      #expect(!visitor.text.contains("https://g.example.com") && !visitor.text.contains("secret.example.com"))
      #expect(services.asked(OIDC.ExplainMismatch.self).isEmpty)
      // An administrator who is not signed in finds the way in, and back to this very request.
      #expect(visitor.text.contains("href=\"/login?redirect=%2Fauthorize%3Fclient_id%3Dgrafana%26redirect_uri%3D"))
      services.on(OIDC.ExplainMismatch.self, .denied)
      let member = try await client.get(path, cookie)
      #expect(!member.text.contains("/login?redirect"))
      #expect(member.status == 400 && !member.text.contains("g.example.com"))
      services.fail(OIDC.ExplainMismatch.self, .unavailable)
      #expect(try await client.get(path, cookie).status == 400)
    }
  }

  @Test("another site's POST shows an administrator nothing either: it cannot have come with their session")
  func posted() async throws {
    try await withGateway { (services, client) async throws in
      refuse(services)
      services.on(OIDC.ExplainMismatch.self, .mismatch(Self.mismatch()))
      let reply = try await client.form(
        "/authorize", "client_id=grafana&redirect_uri=https://g.example.com/cb/", cookie)
      #expect(reply.status == 400 && !reply.text.contains("secret.example.com"))
      #expect(services.asked(OIDC.ExplainMismatch.self).isEmpty)
    }
  }

  @Test("what was sent is text on the page, never markup")
  func hostile() async throws {
    try await withGateway { (services, client) async throws in
      refuse(services)
      services.on(OIDC.ExplainMismatch.self, .mismatch(Self.mismatch(PageSamples.hostile)))
      let reply = try await client.get(path, cookie)
      #expect(!reply.text.contains("<script>alert") && forbiddenAttributes(reply.text) == [])
    }
  }

  @Test("adding an address asks for the passkey, answers with the list, and comes from our own pages only")
  func adding() async throws {
    try await withGateway { (services, client) async throws in
      let url = "/api/oidc/clients/grafana/callback-urls"
      services.on(Admin.AddCallbackURL.self, .denied(.proofRequired))
      let refused = try await client.post(url, ["url": "https://g.example.com/cb/"], cookie)
      #expect(refused.status == 401 && refused.json["code"] == "reauthentication_required")
      services.on(Admin.AddCallbackURL.self, .added(["https://g.example.com/cb", "https://g.example.com/cb/"]))
      let added = try await client.post(url, ["url": "https://g.example.com/cb/"], cookie)
      #expect(added.status == 200 && added.json["callbackURLs"]?.array?.count == 2)
      #expect(services.asked(Admin.AddCallbackURL.self).last?.clientID == "grafana")
      services.on(Admin.AddCallbackURL.self, .full(limit: 50))
      #expect(try await client.post(url, ["url": "https://g.example.com/cb/"], cookie).status == 409)
      services.on(Admin.AddCallbackURL.self, .invalid([FieldProblem("url", "invalid", "No.")]))
      #expect(try await client.post(url, ["url": "x"], cookie).json["code"] == "validation_failed")
      #expect(try await client.post(url, [:], cookie).status == 400)
      let asked = services.asked(Admin.AddCallbackURL.self).count
      let foreign = ["Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"].merging(cookie) { $1 }
      #expect(try await client.post(url, ["url": "https://evil.example/"], foreign).status == 403)
      let form = try await client.form(url, "url=https://evil.example/", cookie)
      #expect(form.status == 415 || form.status == 403)
      #expect(services.asked(Admin.AddCallbackURL.self).count == asked)
    }
  }
}
