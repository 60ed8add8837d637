import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Authorization")
struct AuthorizeRouteTests {
  private let query = "client_id=grafana&redirect_uri=https%3A%2F%2Fg.example.com%2Fcb&state=a+b&state=c"

  @Test("the raw parameters go to oidc, duplicates kept, and its redirect comes back")
  func redirect() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .redirect("https://g.example.com/cb?code=x&state=a"))
      let reply = try await client.get("/authorize?\(query)", ["Cookie": "access_token=t; browser=\(browserToken)"])
      #expect(reply.status == 302 && reply["Location"] == "https://g.example.com/cb?code=x&state=a")
      #expect(reply["Cache-Control"] == "no-store" && reply["Access-Control-Allow-Origin"] == nil)
      let message = try #require(services.asked(OIDC.Authorize.self).first)
      #expect(
        message.parameters == [
          FormField("client_id", "grafana"), FormField("redirect_uri", "https://g.example.com/cb"),
          FormField("state", "a b"), FormField("state", "c"),
        ])
      let caller = services.calls(OIDC.Authorize.self).first?.caller
      #expect(caller?.session == Secret("t") && caller?.browsers == [Secret(browserToken)])
    }
  }

  @Test("a GET without the browser cookie gets one, and oidc is told which")
  func binds() async throws {
    try await withGateway("https://id.example.com") { (services, client) async throws in
      let id = InteractionID(UUID())
      services.on(OIDC.Authorize.self, .interact(.stored(id)))
      let reply = try await client.get("/authorize?\(query)")
      #expect(reply.status == 302 && reply["Location"] == "/interaction?interaction=\(id)")
      let cookie = try #require(reply.cookie("__Host-browser"))
      #expect(cookie.contains("Max-Age=34560000") && cookie.contains("SameSite=Lax"))
      #expect(
        services.calls(OIDC.Authorize.self).first?.caller.browsers.first?.exposed == reply.cookieValue("__Host-browser")
      )
    }
  }

  @Test(
    "another site's POST is posted once more by a page of ours, and sets no cookie that would overwrite the browser's")
  func post() async throws {
    try await withGateway { (services, client) async throws in
      let foreign = ["Origin": "https://g.example.com", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"]
      let relay = try await client.form("/authorize", query, foreign)
      #expect(relay.status == 200 && relay.all("Set-Cookie").isEmpty && services.asked(OIDC.Authorize.self).isEmpty)
      #expect(relay.text.contains("action=\"/authorize\"") && relay.text.contains("data-form-post"))
      #expect(relay.text.contains("name=\"state\" value=\"a b\"") && relay.text.contains("name=\"state\" value=\"c\""))
      #expect(relay["Content-Security-Policy"]?.contains("form-action") == false)

      services.on(OIDC.Authorize.self, .interact(.carried("c2VhbGVk")))
      let ours = ["Origin": "http://localhost:1411", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"]
      let reply = try await client.form("/authorize", query, ours)
      #expect(reply.status == 303 && reply["Location"] == "/interaction?interaction=c2VhbGVk")
      #expect(reply.cookie("browser") != nil)
      #expect(services.calls(OIDC.Authorize.self).first?.caller.browsers.first?.exposed == reply.cookieValue("browser"))
    }
  }

  @Test("a POST is a form, with nothing in the address")
  func postForm() async throws {
    try await withGateway { (services, client) async throws in
      let json = try await client.send(
        "POST", "/authorize", ["Content-Type": "application/json"], body: Array("{}".utf8))
      #expect(json.status == 415)
      let both = try await client.form("/authorize?client_id=x", query)
      #expect(both.status == 400 && services.count == 0)
    }
  }

  @Test(
    "an unproven request ends on a page and never redirects",
    arguments: [
      (OIDC.PageRefusal.unknownClient, 400), (.redirectURI(clientName: "Grafana"), 400), (.unreadable("No <b>."), 400),
      (.notAllowed(clientName: "Grafana"), 403),
    ])
  func pages(refusal: OIDC.PageRefusal, status: Int) async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .page(refusal))
      let reply = try await client.get("/authorize?client_id=x&redirect_uri=https://evil.example/%3Cscript%3E")
      #expect(reply.status == status && reply["Location"] == nil)
      #expect(reply["Content-Type"] == "text/html; charset=utf-8")
      #expect(!reply.text.contains("<script>") && !reply.text.contains("No <b>"))
      #expect(!reply.text.contains("href=\"https://evil.example"))
    }
  }

  @Test("parameters that are not UTF-8 end on a page that names them")
  func encoding() async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.get("/authorize?client_id=x&state=%FF")
      #expect(reply.status == 400 && reply.text.contains("state") && services.count == 0)
    }
  }

  @Test(
    "each step has its page, named after the app",
    arguments: OIDC.Step.allCases)
  func steps(step: OIDC.Step) async throws {
    try await withGateway { (services, client) async throws in
      let interaction = Sample.interaction(step)
      services.on(OIDC.ViewInteraction.self, .step(interaction))
      let reply = try await client.get("/interaction?interaction=\(interaction.handle)")
      #expect(reply.status == 200 && reply.text.contains("Grafana"))
      #expect(reply.text.contains("\(interaction.handle)"))
      #expect(reply.cookie("browser") != nil)
      #expect(reply["Cross-Origin-Opener-Policy"] == nil && reply["Referrer-Policy"] == "no-referrer")
      #expect(reply.text.contains("action=\"/interaction/cancel\""), "giving up needs no script")
      #expect(reply["Content-Security-Policy"]?.contains("form-action") == false, "it leads to the app")
      // Nothing but oidc is asked: with admin and auth away, this page still comes.
      #expect(services.count == 1)
    }
  }

  @Test("an interaction that is over shows the page that says so; one that is done goes on")
  func ended() async throws {
    try await withGateway { (services, client) async throws in
      let path = "/interaction?interaction=\(InteractionID(UUID()))"
      services.on(OIDC.ViewInteraction.self, .gone())
      #expect(try await client.get(path).status == 410)
      #expect(try await client.get("/interaction?interaction=1").status == 410)
      #expect(try await client.get("/interaction").status == 410)
      services.on(OIDC.ViewInteraction.self, .redirect("https://g.example.com/cb?code=1"))
      #expect(try await client.get(path)["Location"] == "https://g.example.com/cb?code=1")
    }
  }

  @Test("one that was begun elsewhere is told from one that is over, on the page and by the API")
  func elsewhere() async throws {
    try await withGateway { (services, client) async throws in
      let id = InteractionID(UUID())
      services.on(OIDC.ViewInteraction.self, .gone(elsewhere: true))
      let page = try await client.get("/interaction?interaction=\(id)")
      #expect(page.status == 403 && page.text.contains("Begun in another browser"))
      let answer = try await client.get("/api/oidc/interactions/\(id)")
      #expect(answer.status == 404 && answer.json["code"] == "interaction_elsewhere")
    }
  }

  @Test("a form gives up: it leads to the app, or to the page that posts the answer; another site's form does nothing")
  func cancelByForm() async throws {
    try await withGateway { (services, client) async throws in
      let ours = ["Cookie": "browser=\(browserToken)", "Origin": "http://localhost:1411"]
      let id = InteractionID(UUID())
      services.on(OIDC.CancelInteraction.self, .redirect("https://g.example.com/cb?error=access_denied"))
      let done = try await client.form("/interaction/cancel", "interaction=\(id)", ours)
      #expect(done.status == 303 && done["Location"] == "https://g.example.com/cb?error=access_denied")
      #expect(services.asked(OIDC.CancelInteraction.self).first?.handle == .stored(id))
      services.on(OIDC.CancelInteraction.self, .finishOnPage)
      let posted = try await client.form("/interaction/cancel", "interaction=\(id)", ours)
      #expect(posted.status == 303 && posted["Location"] == "/interaction?interaction=\(id)")
      services.on(OIDC.CancelInteraction.self, .gone())
      #expect(try await client.form("/interaction/cancel", "interaction=\(id)", ours).status == 410)
      #expect(try await client.form("/interaction/cancel", "interaction=1", ours).status == 410)
      let count = services.asked(OIDC.CancelInteraction.self).count
      let forged = try await client.form(
        "/interaction/cancel", "interaction=\(id)", ["Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"])
      #expect(forged.status == 403 && services.asked(OIDC.CancelInteraction.self).count == count)
    }
  }

  @Test("pages that a browser without cookies opens at once each keep what they are bound to")
  func severalAtOnce() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .interact(.stored(InteractionID(UUID()))))
      let (one, other) = (try await client.get("/authorize?\(query)"), try await client.get("/authorize?\(query)"))
      var jar: [String: String] = [:]
      for reply in [one, other] {
        for line in reply.all("Set-Cookie") {
          let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
          jar[pair[0]] = pair[1]
          #expect(pair[0] == "browser" || line.contains("Max-Age=3600;"), "a name of its own ends with what it is for")
        }
      }
      #expect(jar.count == 3)
      services.on(OIDC.ViewInteraction.self, .gone())
      let cookies = jar.map { "\($0)=\($1)" }.joined(separator: "; ")
      let reply = try await client.get("/interaction?interaction=\(InteractionID(UUID()))", ["Cookie": cookies])
      let browsers = services.calls(OIDC.ViewInteraction.self).first?.caller.browsers ?? []
      #expect(browsers.first?.exposed == jar["browser"] && Set(browsers.map(\.exposed)) == Set(jar.values))
      #expect(reply.cookie("browser") == nil, "a browser that has one keeps it")
    }
  }

  @Test("no more binding cookies are read than a browser can have of us")
  func browserLimit() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ViewInteraction.self, .gone())
      let many = (0..<40).map { "browser-\($0)=\(String(repeating: "a", count: 41))\($0 + 10)" }
      _ = try await client.get(
        "/interaction?interaction=\(InteractionID(UUID()))", ["Cookie": many.joined(separator: "; ")])
      #expect(services.calls(OIDC.ViewInteraction.self).first?.caller.browsers.count == Caller.mostBrowsers)
    }
  }

  @Test("a page that ends an app's request speaks the language that it asked for")
  func languagesOfRefusals() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .page(.unknownClient))
      #expect(try await client.get("/authorize?client_id=x&ui_locales=se+zh").text.contains(#"lang="zh-CN""#))
      #expect(try await client.get("/authorize?client_id=x").text.contains(#"lang="en""#))
    }
  }

  private static let form = OIDC.FormPost(
    client: Sample.summary, url: "https://g.example.com:8443/cb;x?a=1",
    fields: [FormField("code", "4f9c"), FormField("state", "\"><script>alert(1)</script>")], languages: ["se", "zh-TW"])

  @Test("an answer that is a form is a page that posts it, with no script in it and no way down to http")
  func formPost() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Authorize.self, .post(Self.form))
      services.on(OIDC.ViewInteraction.self, .post(Self.form))
      let replies = [
        try await client.get("/authorize?\(query)"), try await client.form("/authorize", query),
        try await client.get("/interaction?interaction=\(InteractionID(UUID()))"),
      ]
      for reply in replies {
        #expect(reply.status == 200 && reply["Cache-Control"] == "no-store" && reply["Location"] == nil)
        let policy = try #require(reply["Content-Security-Policy"])
        #expect(policy.contains("form-action https:; ") && policy.contains("script-src 'self';"))
        #expect(reply.text.contains(#"method="post" action="https://g.example.com:8443/cb;x?a=1""#))
        #expect(reply.text.contains(#"<input type="hidden" name="code" value="4f9c">"#))
        #expect(!reply.text.contains("<script>") && reply.text.contains("form-post"))
        #expect(reply.text.contains(#"lang="zh-CN""#), "the language that the request asked for")
        #expect(!reply.text.contains("<noscript>"), "nobody needs a passkey for it")
      }
      #expect(services.asked(OIDC.ViewInteraction.self).last?.byPage == true)
      let chosen = try await client.get("/authorize?\(query)", ["Cookie": "locale=en"])
      #expect(chosen.text.contains(#"lang="en""#), "what the person chose counts more")
    }
  }

  @Test("the JSON calls never carry such an answer: they lead to the page that posts it, by an address without it")
  func formPostByAPI() async throws {
    try await withGateway { (services, client) async throws in
      let cookie = ["Cookie": "access_token=t; browser=\(browserToken)"]
      let id = InteractionID(UUID())
      services.on(OIDC.CompleteStep.self, .finishOnPage)
      services.on(OIDC.CancelInteraction.self, .finishOnPage)
      services.on(OIDC.ViewInteraction.self, .finishOnPage)
      let path = "/api/oidc/interactions/\(id)"
      for reply in [
        try await client.post("\(path)/complete", ["step": "consent"], cookie),
        try await client.post("\(path)/cancel", [:], cookie), try await client.get(path, cookie),
      ] {
        #expect(reply.json == ["redirectUrl": .string("http://localhost:1411/interaction?interaction=\(id)")])
      }
      #expect(services.asked(OIDC.ViewInteraction.self).last?.byPage == false)
    }
  }

  @Test("a page of a request speaks the language that it asked for, unless the person chose one")
  func languages() async throws {
    try await withGateway { (services, client) async throws in
      var interaction = Sample.interaction(.consent)
      let path = "/interaction?interaction=\(interaction.handle)"
      for (asked, spoken) in [(["se"], "en"), (["se", "zh"], "zh-CN"), ([], "en"), (["zh-CN", "en"], "zh-CN")] {
        interaction.languages = asked
        services.on(OIDC.ViewInteraction.self, .step(interaction))
        #expect(try await client.get(path).text.contains(#"lang="\#(spoken)""#), "\(asked)")
      }
      #expect(try await client.get(path, ["Cookie": "locale=en"]).text.contains(#"lang="en""#))
    }
  }

  @Test("a step that is done leads to the next, or to the app")
  func complete() async throws {
    try await withGateway { (services, client) async throws in
      let cookie = ["Cookie": "access_token=t; browser=\(browserToken)"]
      let interaction = Sample.interaction(.consent)
      let path = "/api/oidc/interactions/\(interaction.handle)"
      services.on(OIDC.CompleteStep.self, .step(interaction))
      let next = try await client.post("\(path)/complete", ["step": "authenticate"], cookie)
      #expect(next.json["interaction"]?["currentStep"] == "consent")
      #expect(next.json["interaction"]?["client"]?["name"] == "Grafana")
      #expect(next.json["interaction"]?["scopeInfo"]?.array?.last?["key"] == "shelf:read")
      services.on(OIDC.CompleteStep.self, .redirect("https://g.example.com/cb?code=1"))
      let done = try await client.post("\(path)/complete", ["step": "select_account"], cookie)
      #expect(done.json == ["redirectUrl": "https://g.example.com/cb?code=1"])
      #expect(services.asked(OIDC.CompleteStep.self).map(\.step) == [.authenticate, .selectAccount])
      services.on(OIDC.CancelInteraction.self, .redirect("https://g.example.com/cb?error=access_denied"))
      #expect(try await client.post("\(path)/cancel", [:], cookie).json["redirectUrl"] != nil)
      services.on(OIDC.ViewInteraction.self, .gone())
      let gone = try await client.get(path, cookie)
      #expect(gone.status == 404 && gone.json["code"] == "interaction_not_found")
      let odd = try await client.post("\(path)/complete", ["step": "dance"], cookie)
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "step")
    }
  }
}
