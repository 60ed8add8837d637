import Encodings
import Foundation
import LatchkeyProtocol
import Testing

@Suite("Leaving")
struct EndSessionRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private let ours = ["Cookie": "access_token=t", "Origin": "http://localhost:1411"]
  private let request = "/api/oidc/end-session?id_token_hint=h&state=s&state=t"
  private let question = OIDC.LogoutQuestion(
    user: Sample.user, app: Sample.summary, confirmation: Secret("sealed<\">"))
  private let frames = [
    OIDC.LogoutDestination.Frame(location: "https://a.example/out?iss=i&sid=s", origin: "https://a.example"),
    OIDC.LogoutDestination.Frame(location: "https://b.example:8443/out?sid=s", origin: "https://b.example:8443"),
  ]

  @Test("an app that has proven itself gets its person back, without a session")
  func proven() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.EndSession.self,
        .end(OIDC.LogoutDestination(app: Sample.summary, destination: "https://g.example/bye?state=s")))
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let reply = try await client.get(request, cookie)
      #expect(reply.status == 302 && reply["Location"] == "https://g.example/bye?state=s")
      #expect(reply.cookie("access_token")?.contains("Max-Age=0;") == true)
      #expect(services.calls(Auth.SignOut.self).first?.caller.session == Secret("t"))
      // Raw, in order, duplicates kept: what they mean is not the gateway's business.
      #expect(
        services.asked(OIDC.EndSession.self).first?.parameters.map(\.name) == ["id_token_hint", "state", "state"])
    }
  }

  @Test("where the person has to say so, nothing ends, and the form carries the question")
  func asks() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.EndSession.self, .ask(question))
      let reply = try await client.get(request, cookie)
      #expect(reply.status == 200 && reply.text.contains("Ada Lovelace") && reply.text.contains("Grafana"))
      #expect(reply.text.contains("action=\"/logout\"") && reply.text.contains("value=\"sealed&lt;&quot;&gt;\""))
      #expect(reply.text.contains("<meta name=\"referrer\" content=\"same-origin\">"))
      #expect(reply["Content-Security-Policy"]?.contains("form-action") == false)
      #expect(services.asked(Auth.SignOut.self).isEmpty && reply.cookie("access_token") == nil)
    }
  }

  @Test("whoever stays goes back to the app, where it has an address for that; else to their account")
  func stays() async throws {
    try await withGateway { (services, client) async throws in
      var question = question
      services.on(OIDC.EndSession.self, .ask(question))
      #expect(try await client.get(request, cookie).text.contains("href=\"/settings/account\""))
      question.back = "https://g.example/bye?state=s"
      services.on(OIDC.EndSession.self, .ask(question))
      let reply = try await client.get(request, cookie)
      #expect(reply.text.contains("href=\"https://g.example/bye?state=s\"") && !reply.text.contains("href=\"/settings"))
    }
  }

  @Test("leaving speaks the language that the app asked for, to the last page")
  func languages() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.EndSession.self, .ask(question))
      let asked = try await client.get("\(request)&ui_locales=se+zh-CN", cookie)
      #expect(asked.text.contains("lang=\"zh-CN\"") && asked.text.contains("name=\"ui_locales\" value=\"se zh-CN\""))
      #expect(asked.text.contains("English"), "the foot still offers every language")
      services.on(OIDC.ConfirmEndSession.self, .end(OIDC.LogoutDestination()))
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let done = try await client.form("/logout", "confirmation=sealed&ui_locales=se+zh-CN", ours)
      #expect(done.status == 200 && done.text.contains("lang=\"zh-CN\""))
      services.on(OIDC.EndSession.self, .over(OIDC.LogoutDestination()))
      #expect(try await client.get("\(request)&ui_locales=zh").text.contains("lang=\"zh-CN\""))
      let chosen = try await client.get("\(request)&ui_locales=zh", ["Cookie": "locale=en"])
      #expect(chosen.text.contains("lang=\"en\""), "what the person chose counts more")
    }
  }

  @Test("a yes goes with what was asked, ends the session, and continues with a GET")
  func yes() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.ConfirmEndSession.self,
        .end(OIDC.LogoutDestination(app: Sample.summary, destination: "https://g.example/bye")))
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let reply = try await client.form("/logout", "confirmation=sealed", ours)
      #expect(reply.status == 303 && reply["Location"] == "https://g.example/bye")
      #expect(services.asked(OIDC.ConfirmEndSession.self).first?.confirmation == Secret("sealed"))
      #expect(services.calls(Auth.SignOut.self).count == 1)
    }
  }

  @Test(
    "another site's form says no yes",
    arguments: [
      ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
      ["Origin": "http://localhost:1411", "Sec-Fetch-Site": "same-site"],
    ])
  func forged(headers: [String: String]) async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.form("/logout", "confirmation=sealed", headers.merging(cookie) { own, _ in own })
      #expect(reply.status == 403 && services.asked(OIDC.ConfirmEndSession.self).isEmpty)
      #expect(services.asked(Auth.SignOut.self).isEmpty)
    }
  }

  @Test(
    "an app may post: a page of ours posts it once more, with the browser's cookies and no address",
    arguments: [
      ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": "https://app.example"],
      ["Origin": "https://app.example"], ["Origin": "null"],
    ])
  func posted(headers: [String: String]) async throws {
    try await withGateway { (services, client) async throws in
      let hint = String(repeating: "h", count: 12_300)
      let reply = try await client.form("/api/oidc/end-session", "id_token_hint=\(hint)&state=%22%3E&state=t", headers)
      #expect(reply.status == 200 && services.asked(OIDC.EndSession.self).isEmpty)
      #expect(reply.text.contains("action=\"/api/oidc/end-session\"") && reply.text.contains("data-form-post"))
      #expect(reply.text.contains("name=\"id_token_hint\" value=\"\(hint)\""))
      #expect(reply.text.contains("name=\"state\" value=\"&quot;&gt;\"") && reply.text.contains("value=\"t\""))
      #expect(reply.text.contains("<meta name=\"referrer\" content=\"same-origin\">"))
      #expect(reply["Content-Security-Policy"]?.contains("form-action") == false)
    }
  }

  @Test(
    "a post that brings the cookie, or that no cookie would come with, is done at once",
    arguments: [
      ["Cookie": "access_token=t", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"],
      ["Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": "http://localhost:1411"],
      ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://app.example"],
      ["Origin": "http://localhost:1411"], [:],
    ])
  func postedAtOnce(headers: [String: String]) async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.EndSession.self, .over(OIDC.LogoutDestination(app: Sample.summary, destination: "https://g.example/bye")))
      let reply = try await client.form("/api/oidc/end-session", "id_token_hint=a.b&state=x+%26", headers)
      #expect(reply.status == 303 && reply["Location"] == "https://g.example/bye")
      #expect(
        services.asked(OIDC.EndSession.self).first?.parameters
          == [FormField("id_token_hint", "a.b"), FormField("state", "x &")])
    }
  }

  @Test("apps are told in frames, of exactly their origins, before the browser goes on")
  func framed() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      services.on(
        OIDC.EndSession.self,
        .end(OIDC.LogoutDestination(app: Sample.summary, destination: "https://g.example/bye", frames: frames)))
      let onward = try await client.get(request, cookie)
      #expect(onward.status == 200 && onward.text.contains("src=\"https://a.example/out?iss=i&amp;sid=s\""))
      #expect(onward.text.contains("href=\"https://g.example/bye\" data-onward"))
      let policy = try #require(onward["Content-Security-Policy"])
      #expect(policy.contains("frame-src https://a.example https://b.example:8443"))
      #expect(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"))

      services.on(OIDC.ConfirmEndSession.self, .end(OIDC.LogoutDestination(frames: frames)))
      let here = try await client.form("/logout", "", ours)
      #expect(here.status == 200 && here.text.contains("You are signed out") && !here.text.contains("data-onward"))
      #expect(here.text.components(separatedBy: "<iframe").count == 3)
      #expect(here["Content-Security-Policy"] == policy)
    }
  }

  @Test("where nobody is signed in, nothing ends; a proven address is followed, another is a link")
  func over() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.EndSession.self, .over(OIDC.LogoutDestination(app: Sample.summary, destination: "https://g.example/bye")))
      #expect(try await client.get(request)["Location"] == "https://g.example/bye")
      services.on(
        OIDC.EndSession.self, .over(OIDC.LogoutDestination(app: Sample.summary, link: "https://g.example/bye")))
      let linked = try await client.get(request)
      #expect(linked.status == 200 && linked.text.contains("href=\"https://g.example/bye\""))
      services.on(OIDC.EndSession.self, .over(OIDC.LogoutDestination(app: Sample.summary, isAddressUnknown: true)))
      let unknown = try await client.get(request)
      #expect(unknown.status == 200 && unknown.text.contains("not registered") && unknown["Location"] == nil)
      services.on(OIDC.EndSession.self, .over(OIDC.LogoutDestination(isUnproven: true)))
      #expect(try await client.get(request).text.contains("does not prove which app it is"))
      #expect(services.asked(Auth.SignOut.self).isEmpty)
    }
  }

  @Test("with oidc down, whoever wants to leave leaves")
  func withoutOIDC() async throws {
    try await withGateway { (services, client) async throws in
      services.fail(OIDC.ConfirmEndSession.self, .unavailable)
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let reply = try await client.form("/logout", "confirmation=sealed", ours)
      #expect(reply.status == 200 && reply.cookie("access_token")?.contains("Max-Age=0;") == true)
      services.fail(Auth.SignOut.self, .unavailable)
      let failed = try await client.form("/logout", "", ours)
      #expect(failed.status == 503 && failed.cookie("access_token") == nil)
    }
  }

  @Test("everywhere means everywhere")
  func everywhere() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      let page = try await client.get("/logout?everywhere=1", cookie)
      #expect(page.text.contains("name=\"everywhere\"") && page.text.contains("Sign out everywhere?"))
      services.on(OIDC.ConfirmEndSession.self, .end(OIDC.LogoutDestination()))
      services.on(Auth.EndSessions.self, .ended(count: 3))
      let reply = try await client.form("/logout", "everywhere=1", ours)
      #expect(reply.status == 200 && services.asked(Auth.EndSessions.self).map(\.which) == [.everywhere])
      #expect(services.asked(Auth.SignOut.self).isEmpty)
    }
  }

  @Test("an administrator sees what an app was not told, and tries again")
  func notices() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.GetLogoutNotices.self,
        .notices(
          OIDC.LogoutNotices(
            isSet: true, waiting: 2, waitingSince: Sample.date, failed: 1, failedAt: Sample.date,
            trouble: OIDC.LogoutNotices.Trouble(.status, "503"))))
      let status = try await client.get("/api/oidc/clients/grafana/logout-notices", cookie).json
      #expect(status["waiting"] == 2 && status["reason"] == "status" && status["detail"] == "503")
      #expect(status["toldAt"] == .null && services.asked(OIDC.GetLogoutNotices.self).first?.clientID == "grafana")
      services.on(OIDC.RetryLogoutNotices.self, .retried(count: 3))
      #expect(try await client.post("/api/oidc/clients/grafana/logout-notices/retry", [:], ours).json["retried"] == 3)
      services.on(OIDC.RetryLogoutNotices.self, .denied(.notAdministrator))
      #expect(try await client.post("/api/oidc/clients/grafana/logout-notices/retry", [:], ours).status == 403)
      services.on(OIDC.GetLogoutNotices.self, .notFound)
      #expect(try await client.get("/api/oidc/clients/x/logout-notices", cookie).status == 404)
    }
  }
}
