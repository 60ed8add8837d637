import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("What every request goes through")
struct FrontTests {
  private let cookie = ["Cookie": "access_token=t"]

  // MARK: Cross-site requests

  @Test(
    "a change from another place is refused before any service hears of it",
    arguments: [
      ["Origin": "https://evil.example"], ["Origin": "http://localhost:1412"], ["Origin": "https://localhost:1411"],
      ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
      ["Origin": "http://localhost:1411", "Sec-Fetch-Site": "cross-site"], ["Origin": "null"],
    ])
  func foreign(headers: [String: String]) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let all = cookie.merging(headers) { _, given in given }
      let type = ["Content-Type": "application/json"]
      let reply = try await client.send(
        "POST", "/api/webauthn/logout", type.merging(all) { _, given in given }, body: Array("{}".utf8))
      #expect(reply.status == 403 && reply.json["code"] == "forbidden" && services.count == 0)
    }
  }

  @Test(
    "a change from our own pages, from a program, or with a token in a header, passes",
    arguments: [
      ["Cookie": "access_token=t"],
      ["Cookie": "access_token=t", "Origin": "http://localhost:1411"],
      ["Cookie": "access_token=t", "Sec-Fetch-Site": "none"],
      ["Cookie": "access_token=t", "Origin": "null", "Sec-Fetch-Site": "same-origin"],
      ["Authorization": "Bearer t", "Origin": "https://app.example"],
      ["X-API-Key": "k", "Sec-Fetch-Site": "cross-site"], [:],
    ])
  func own(headers: [String: String]) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let reply = try await client.send("POST", "/api/webauthn/logout", headers)
      #expect(reply.status == 204)
    }
  }

  @Test("a key in a header silences the cookie, and will not do where a person is needed")
  func apiKey() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.GetClient.self, .denied(.notSignedIn))
      _ = try await client.get("/api/oidc/clients/x", ["X-API-Key": "k", "Cookie": "access_token=t"])
      let caller = services.calls(Admin.GetClient.self).first?.caller
      #expect(caller?.apiKey == Secret("k") && caller?.session == nil)
      let refused = try await client.post("/api/webauthn/register/finish", ["id": "x"], ["X-API-Key": "k"])
      #expect(refused.status == 403 && refused.json["code"] == "api_key_auth_not_allowed")
    }
  }

  @Test("a key that is none is told so in Pocket ID's code, and a disabled person is told that they are")
  func nobody() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.GetClient.self, .denied(.notSignedIn))
      let path = "/api/oidc/clients/x"
      for reason in [Auth.WhyNobody.Response.other, .disabled] {
        services.on(Auth.WhyNobody.self, reason)
        for credential in [["X-API-Key": "k"], cookie, ["Authorization": "Bearer t"]] {
          let reply = try await client.get(path, credential)
          #expect(reply.status == (reason == .disabled ? 403 : 401))
          #expect(reply.json["code"] == (reason == .disabled ? "user_disabled" : "not_signed_in"))
        }
      }
      let asked = services.asked(Auth.WhyNobody.self).count
      #expect(try await client.get(path).json["code"] == "not_signed_in")
      #expect(services.asked(Auth.WhyNobody.self).count == asked, "whoever brings nothing is nobody")
    }
  }

  @Test("an address with a slash at its end is answered, whatever the method, where it is somebody's without")
  func trailingSlash() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      services.on(Admin.DeleteClient.self, .deleted)
      #expect(try await client.send("POST", "/api/webauthn/logout/", cookie).status == 204)
      #expect(try await client.send("DELETE", "/api/oidc/clients/x/", cookie).status == 204)
      #expect(services.asked(Admin.DeleteClient.self).map(\.id) == ["x"])
      #expect(try await client.get("/api/users/me/?a=b")["Location"] == "/api/users/me?a=b")
      for path in ["/api/webauthn/logout//", "/api/nowhere/", "/", "//api/webauthn/logout/"] {
        #expect(try await client.send("POST", path, cookie).status != 204, "\(path)")
      }
    }
  }

  @Test("discovery of an issuer that was typed with a slash at its end is found")
  func doubledSlash() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Metadata.self, .json(["issuer": "http://localhost:1411"]))
      let reply = try await client.get("//.well-known/openid-configuration")
      #expect(reply.status == 200 && reply.json["issuer"] == "http://localhost:1411")
      #expect(try await client.get("///.well-known/openid-configuration").status == 404)
    }
  }

  @Test(
    "a body that is not JSON is refused by its type, as a form of another site would be",
    arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""])
  func contentType(type: String) async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.post("/api/webauthn/login/finish", ["id": "x"], ["Content-Type": type])
      #expect(reply.status == 415 && services.count == 0)
    }
  }

  @Test("a JSON type with parameters or a suffix is JSON")
  func jsonTypes() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(.malformed))
      for type in ["Application/JSON; charset=utf-8", "application/webauthn+json"] {
        let reply = try await client.post("/api/webauthn/login/finish", ["id": "x"], ["Content-Type": type])
        #expect(reply.json["code"] == "invalid_webauthn_response")
      }
    }
  }

  // MARK: Headers

  @Test(
    "every answer carries the security headers and an id of ours", arguments: ["/login", "/api/nothing", "/healthz"])
  func headers(path: String) async throws {
    try await withGateway("https://id.example.com") { (_, client) async throws in
      let reply = try await client.get(path, ["X-Request-ID": "mine"])
      let policy = try #require(reply["Content-Security-Policy"])
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self';") && policy.contains("frame-ancestors 'none'"))
      #expect(!policy.contains("unsafe"))
      #expect(reply["X-Content-Type-Options"] == "nosniff" && reply["Cache-Control"] == "no-store")
      #expect(reply["Permissions-Policy"]?.contains("publickey-credentials-get=(self)") == true)
      #expect(reply["Strict-Transport-Security"] == "max-age=31536000")
      #expect(reply["Cross-Origin-Resource-Policy"] == "same-origin")
      #expect(RequestID(hex: reply["X-Request-ID"] ?? "") != nil)
    }
  }

  @Test("a site without TLS does not promise it")
  func noTLS() async throws {
    try await withGateway { (_, client) async throws in
      #expect(try await client.get("/login")["Strict-Transport-Security"] == nil)
    }
  }

  @Test("the caller is read from the request: address, agent, languages, trace, one id for all messages")
  func caller() async throws {
    try await withGateway(proxies: "127.0.0.1") { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .notSignedIn)
      let reply = try await client.get(
        "/api/users/me",
        [
          "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "User-Agent": String(repeating: "x", count: 2000),
          "Accept-Language": "fr;q=0.2, de-DE, *;q=0.1, en;q=0.5",
        ])
      let call = try #require(services.calls(Auth.CurrentUser.self).first)
      #expect(call.caller.address == "198.51.100.7" && call.caller.userAgent.count == Caller.longestUserAgent)
      #expect(call.caller.languages == ["de-DE", "en", "fr"])
      #expect("\(call.id)" == reply["X-Request-ID"] && call.peer == .gateway)
      #expect(call.remaining <= Limits.answer && call.remaining > .seconds(5))
    }
  }

  @Test("forwarding headers of a stranger do not count")
  func untrusted() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .notSignedIn)
      _ = try await client.get("/api/users/me", ["X-Forwarded-For": "203.0.113.9"])
      #expect(services.calls(Auth.CurrentUser.self).first?.caller.address == "127.0.0.1")
    }
  }

  // MARK: Failures

  @Test(
    "a failure behind the gateway has its status, and its cause stays private",
    arguments: [
      (ServiceFailure.Kind.unavailable, 503), (.overloaded, 503), (.timedOut, 504), (.unknownMethod, 500),
      (.malformed, 500), (.forbidden, 500), (.internal, 500),
    ])
  func failures(kind: ServiceFailure.Kind, status: Int) async throws {
    try await withGateway { (services, client) async throws in
      services.fail(Auth.CurrentUser.self, kind)
      services.fail(Auth.CurrentSession.self, kind)
      services.fail(OIDC.ExchangeToken.self, kind)
      let api = try await client.get("/api/users/me")
      #expect(api.status == status && api.json["code"] != nil && !api.text.contains("private:"))
      #expect((api["Retry-After"] != nil) == [503, 504].contains(status))
      let page = try await client.get("/settings/account", cookie)
      #expect(page.status == status && page["Content-Type"]?.hasPrefix("text/html") == true)
      #expect(!page.text.contains("private:"))
      let oauth = try await client.form("/api/oidc/token", "a=b")
      #expect(oauth.status == status && !oauth.text.contains("private:"))
      #expect(oauth.json["error"] == (status == 503 ? "temporarily_unavailable" : "server_error"))
    }
  }

  @Test("a text that no message takes is the request's fault, and named")
  func longText() async throws {
    try await withGateway { (services, client) async throws in
      let told = "a text is longer than 4096 bytes, at profile.firstName"
      services.on(Admin.UpdateOwnProfile.self) { (_, _) async throws(ServiceFailure) in
        throw ServiceFailure(.textTooLong, mayHaveHappened: false, told)
      }
      let reply = try await client.post("/api/users/me", ["username": "ada", "firstName": "x"], method: "PUT")
      #expect(reply.status == 400 && reply.json["code"] == "validation_failed")
      #expect(reply.json["error"]?.string?.contains(told) == true)
    }
  }

  @Test("healthy means that people can sign in")
  func health() async throws {
    try await withGateway { (services, client) async throws in
      #expect(try await client.get("/healthz").status == 503)
      services.on(Core.Health.self, .ready)
      #expect(try await client.get("/healthz").status == 204)
      #expect(try await client.send("HEAD", "/healthz").status == 204)
    }
  }

  @Test("another method is refused with those that there are")
  func methods() async throws {
    try await withGateway { (_, client) async throws in
      let reply = try await client.send("PATCH", "/api/users/me")
      #expect(reply.status == 405 && reply.json["code"] == "method_not_allowed")
      #expect(Set((reply["Allow"] ?? "").components(separatedBy: ", ")) == ["GET", "HEAD", "PUT"])
      #expect(try await client.send("PROPFIND", "/login").status == 405)
    }
  }

  @Test("floods are counted per address and policy, and told when to come back")
  func floods() async throws {
    try await withGateway(proxies: "127.0.0.1", limitsFloods: true) { (services, client) async throws in
      services.on(Auth.SignInWithCode.self, .wrong)
      func attempt(_ address: String) async throws -> Reply {
        try await client.post("/api/one-time-access-token/x", [:], ["X-Forwarded-For": address])
      }
      for _ in 0..<5 { #expect(try await attempt("192.0.2.1").status == 401) }
      let refused = try await attempt("192.0.2.1")
      #expect(refused.status == 429 && refused.json["code"] == "rate_limited")
      #expect((1...10).contains(Int(refused["Retry-After"] ?? "") ?? 0))
      #expect(try await attempt("192.0.2.2").status == 401)
      #expect(try await client.get("/login", ["X-Forwarded-For": "192.0.2.1"]).status == 200)
    }
  }

  @Test("whoever is right is not counted among those who guess")
  func rightGuesses() async throws {
    try await withGateway(proxies: "127.0.0.1", limitsFloods: true) { (services, client) async throws in
      services.on(Auth.SignInWithCode.self, .signedIn(Sample.signedIn()))
      for _ in 0..<12 {
        let reply = try await client.post("/api/one-time-access-token/x", [:], ["X-Forwarded-For": "192.0.2.1"])
        #expect(reply.status == 200)
      }
    }
  }

  @Test("behind a proxy that is not believed, a stranger's bad assertions keep nobody out, while guesses are counted")
  func unbelievedProxy() async throws {
    try await withGateway(limitsFloods: true) { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(.unknownPasskey))
      services.on(Auth.SignInWithCode.self, .wrong)
      let forwarded = ["X-Forwarded-For": "198.51.100.1"]
      for _ in 0..<30 {
        #expect(try await client.post("/api/webauthn/login/finish", [:], forwarded).status == 401)
      }
      services.on(Auth.FinishSignIn.self, .signedIn(Sample.signedIn()))
      #expect(try await client.post("/api/webauthn/login/finish", [:], forwarded).status == 200)
      for _ in 0..<5 { _ = try await client.post("/api/one-time-access-token/x", [:], forwarded) }
      #expect(try await client.post("/api/one-time-access-token/x", [:], forwarded).status == 429)
    }
  }

  @Test("an administrator reads which proxy is not believed, and what to set")
  func unbelievedProxyOnPage() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(
        Admin.GetSettings.self,
        .settings(Admin.SettingsView(settings: ApplicationSettings(chosen: [:], isFixed: false), secrets: [])))
      services.on(Admin.ListGroups.self, .groups(.init(items: [], total: 0, page: 1, limit: 100)))
      func page(_ headers: [String: String] = [:]) async throws -> String {
        let cookie = ["Cookie": "access_token=token"].merging(headers) { first, _ in first }
        return try await client.get("/settings/admin/application-configuration", cookie).text
      }
      #expect(try await !page().contains("TRUST_PROXY"))
      _ = try await client.get("/login", ["X-Forwarded-For": "198.51.100.1"])
      let told = try await page()
      #expect(told.contains("127.0.0.1") && told.contains("TRUST_PROXY=true"))
    }
  }
}
