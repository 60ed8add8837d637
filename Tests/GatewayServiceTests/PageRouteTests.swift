import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Pages")
struct PageRouteTests {
  private let cookie = ["Cookie": "access_token=t"]

  @Test("the start page leads to where the person can go on")
  func home() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      #expect(try await client.get("/", cookie)["Location"] == "/settings/account")
      services.on(Auth.CurrentSession.self, .signedOut)
      services.on(Auth.SetupStatus.self, .closed)
      #expect(try await client.get("/", cookie)["Location"] == "/login")
    }
  }

  @Test("signing in leads back to a path of ours only")
  func redirect() async throws {
    try await withGateway { (services, client) async throws in
      let page = try await client.get("/login?redirect=%2Fsettings%2Fadmin%2Foidc-clients")
      #expect(page.status == 200 && page.text.contains("data-next=\"/settings/admin/oidc-clients\""))
      #expect(page.cookie("browser") != nil && services.count == 0)
      for evil in [
        "//evil.example", "%2F%2Fevil.example", "/%5Cevil.example", "https:%2F%2Fevil.example", "%5C%5Cevil.example",
      ] {
        let refused = try await client.get("/login?redirect=\(evil)")
        #expect(refused.status == 200 && !refused.text.contains("evil.example"))
        services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
        #expect(try await client.get("/login?redirect=\(evil)", cookie)["Location"] == "/settings/account")
      }
      #expect(try await client.get("/login?redirect=%2Flogout", cookie)["Location"] == "/logout")
    }
  }

  @Test("pages of the account ask for a sign-in and lead back")
  func signedOut() async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.get("/settings/admin/oidc-clients?search=x")
      #expect(reply.status == 302)
      #expect(reply["Location"] == "/login?redirect=%2Fsettings%2Fadmin%2Foidc-clients%3Fsearch%3Dx")
      #expect(services.count == 0)
    }
  }

  @Test("the account page shows profile, passkeys and sessions; admin is not asked")
  func account() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(Auth.ListPasskeys.self, .passkeys([Sample.passkey]))
      services.on(Auth.ListSessions.self, .sessions([Sample.session], current: Sample.session.id))
      let reply = try await client.get("/settings/account", cookie)
      #expect(reply.status == 200)
      for text in ["Ada Lovelace", "Laptop", "192.0.2.7", "Doorstep"] { #expect(reply.text.contains(text)) }
      #expect(reply["Cross-Origin-Opener-Policy"] == "same-origin" && reply["Referrer-Policy"] == "same-origin")
    }
  }

  @Test("the pages of the apps are for administrators")
  func clients() async throws {
    try await withGateway(internalURL: "http://latchkey:1411") { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(Admin.ListClients.self, .clients(Admin.Page(items: [Sample.client], total: 41, page: 2, limit: 20)))
      services.on(Admin.GetClient.self, .client(Sample.client))
      let list = try await client.get("/settings/admin/oidc-clients?pagination[page]=2", cookie)
      #expect(list.status == 200 && list.text.contains("Grafana") && list.text.contains("g.example.com"))
      let detail = try await client.get("/settings/admin/oidc-clients/grafana", cookie)
      #expect(detail.text.contains("http://latchkey:1411/api/oidc/token"))
      #expect(detail.text.contains("http://localhost:1411/authorize"))
      #expect(try await client.get("/settings/admin/oidc-clients/new", cookie).status == 200)
      services.on(Admin.GetClient.self, .notFound)
      #expect(try await client.get("/settings/admin/oidc-clients/none", cookie).status == 404)
      services.on(Admin.ListClients.self, .denied(.notAdministrator))
      let refused = try await client.get("/settings/admin/oidc-clients", cookie)
      #expect(refused.status == 403 && refused["Content-Type"]?.hasPrefix("text/html") == true)
    }
  }

  @Test("with admin down the sign-in pages stand, and admin's own say that they cannot be shown")
  func adminDown() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(OIDC.ViewInteraction.self, .step(Sample.interaction(.consent)))
      services.fail(Admin.ListClients.self, .unavailable)
      #expect(try await client.get("/login").status == 200)
      #expect(try await client.get("/interaction?interaction=\(InteractionID(UUID()))").status == 200)
      let down = try await client.get("/settings/admin/oidc-clients", cookie)
      #expect(down.status == 503 && down["Retry-After"] != nil && !down.text.contains("private:"))
    }
  }

  @Test("a login code's page uses nothing up")
  func loginCode() async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.get("/lc/ABC123?redirect=%2Fsettings%2Faccount")
      #expect(reply.status == 200 && reply.text.contains("ABC123") && services.count == 0)
      #expect(reply["Referrer-Policy"] == "no-referrer")
      #expect(try await client.get("/lc").status == 200)
    }
  }

  @Test("signing out asks who is signed in, and greets who is not")
  func signOut() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      #expect(try await client.get("/logout", cookie).text.contains("Ada Lovelace"))
      #expect(try await client.get("/logout").status == 200)
    }
  }

  @Test("pages come in the reader's language")
  func language() async throws {
    try await withGateway { (_, client) async throws in
      #expect(try await client.get("/login", ["Accept-Language": "zh-TW, en;q=0.5"]).text.contains("lang=\"zh-CN\""))
      let chosen = try await client.get("/login", ["Accept-Language": "zh", "Cookie": "locale=en; theme=dark"])
      #expect(chosen.text.contains("lang=\"en\"") && chosen.text.contains("data-theme=\"dark\""))
    }
  }

  @Test("unknown addresses: JSON for programs, a page for people")
  func unknown() async throws {
    try await withGateway { (_, client) async throws in
      for path in ["/api/nothing", "/.well-known/nothing", "/api"] {
        let reply = try await client.get(path)
        #expect(reply.status == 404 && reply.json["code"] == "not_found")
        #expect(reply.json["request_id"]?.string == reply["X-Request-ID"])
      }
      let page = try await client.get("/nothing")
      #expect(page.status == 404 && page["Content-Type"] == "text/html; charset=utf-8")
      #expect(page.text.contains(try #require(page["X-Request-ID"])))
    }
  }

  @Test("a trailing slash leads to the address without it, and never elsewhere")
  func trailingSlash() async throws {
    try await withGateway { (_, client) async throws in
      let reply = try await client.get("/login/?redirect=%2Fx")
      #expect(reply.status == 301 && reply["Location"] == "/login?redirect=%2Fx")
      for path in ["//evil.example/", "/\\evil.example/", "//evil.example/%2f.."] {
        #expect(try await client.get(path)["Location"] == nil)
      }
    }
  }

  @Test("static files are kept for ever under their version, and checked under any other")
  func staticFiles() async throws {
    try await withGateway { (_, client) async throws in
      let assets = try Pages.renderer.get().assets
      let url = try #require(assets.url("app.css"))
      let current = try await client.get(url)
      #expect(current.status == 200 && current["Content-Type"] == "text/css; charset=utf-8")
      #expect(current["Cache-Control"] == "public, max-age=31536000, immutable")
      let plain = try await client.get("/static/app.css")
      #expect(plain["Cache-Control"] == "no-cache" && plain["ETag"] == "\"\(assets.version)\"")
      let known = try await client.get("/static/app.css", ["If-None-Match": "W/\"x\", \"\(assets.version)\""])
      #expect(known.status == 304 && known.body.isEmpty)
      for path in ["/static/none.css", "/static/..%2f..%2fetc%2fpasswd", "/static/../x"] {
        #expect(try await client.get(path).status == 404)
      }
      #expect(try await client.get("/favicon.ico")["Location"]?.hasPrefix("/static/favicon.svg") == true)
    }
  }
}
