import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Ways in")
struct WaysInRouteTests {
  private let cookie = ["Cookie": "browser=\(browserToken)"]
  private let profile: JSONValue = ["username": "grace", "email": "", "firstName": "Grace", "token": "ABC"]

  @Test("signing up gives the person and the session cookie")
  func signUp() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignUp.self, .signedUp(Sample.signedIn()))
      let reply = try await client.post("/api/signup", profile, cookie)
      #expect(reply.status == 201 && reply.cookieValue("access_token") == "session-token")
      let asked = try #require(services.asked(Auth.SignUp.self).first)
      #expect(asked.link == Secret("ABC") && asked.profile.email == nil && asked.profile.username == "grace")
    }
  }

  @Test(
    "a sign-up that is refused has the REST API's code",
    arguments: [
      (Auth.SignUp.Response.closed, 403, "open_signup_disabled"), (.linkInvalid, 401, "token_invalid_or_expired"),
      (.taken([FieldProblem("username", "taken", "Somebody has this username.")]), 409, "already_in_use"),
      (.invalid([FieldProblem("email", "required", "An e-mail address is needed.")]), 400, "validation_failed"),
    ])
  func signUpRefused(answer: Auth.SignUp.Response, status: Int, code: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignUp.self, answer)
      let reply = try await client.post("/api/signup", profile, cookie)
      #expect(reply.status == status && reply.json["code"] == .string(code) && reply.cookie("access_token") == nil)
    }
  }

  @Test("a short link leads to the form and asks nobody")
  func shortLink() async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.get("/st/AB%20C?x=1")
      #expect(reply.status == 302 && reply["Location"] == "/signup?token=AB%20C")
      #expect(services.asked(Auth.SignUpStatus.self).isEmpty && services.asked(Auth.SignUp.self).isEmpty)
    }
  }

  @Test(
    "the form is there for whoever may sign up; everybody else is told why not",
    arguments: [
      (Auth.SignUpStatus.Response.open, 200, "data-sign-up-form"), (.closed, 403, "Sign-up is closed"),
      (.linkNeeded, 403, "You need an invitation"), (.linkInvalid, 410, "does not work any more"),
    ])
  func signUpPage(status: Auth.SignUpStatus.Response, code: Int, text: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignUpStatus.self, status)
      let reply = try await client.get("/signup?token=ABC")
      #expect(reply.status == code && reply.text.contains(text))
      #expect(services.asked(Auth.SignUpStatus.self).first?.link == Secret("ABC"))
    }
  }

  @Test("a redirect that is none of ours is followed by no page and stands in no mail")
  func redirects() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.AskForOneTimeCode.self, .heard)
      for path in ["https://evil.example/", "//evil.example", "/\\evil.example", ""] {
        let body: JSONValue = ["email": "ada@example.com", "redirectPath": .string(path)]
        #expect(try await client.post("/api/one-time-access-email", body, cookie).status == 204)
      }
      #expect(services.asked(Auth.AskForOneTimeCode.self).allSatisfy { $0.redirect == nil })
      let body: JSONValue = ["email": "ada@example.com", "redirectPath": "/settings/account?x=1"]
      _ = try await client.post("/api/one-time-access-email", body, cookie)
      #expect(services.asked(Auth.AskForOneTimeCode.self).last?.redirect == "/settings/account?x=1")
    }
  }

  @Test("who asks for a code by mail gets the cookie that it is bound to")
  func bound() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.AskForOneTimeCode.self, .heard)
      let reply = try await client.post("/api/one-time-access-email", ["email": "ada@example.com"])
      let browser = try #require(reply.cookieValue("browser"))
      #expect(services.calls(Auth.AskForOneTimeCode.self).first?.caller.browsers.first == Secret(browser))
    }
  }

  @Test(
    "a code that is refused says as much as helps",
    arguments: [
      (Auth.SignInWithCode.Response.wrong, 401, "token_invalid_or_expired"),
      (.anotherBrowser, 401, "device_code_invalid"), (.userDisabled, 403, "user_disabled"),
      (.tooMany(retryAfterSeconds: 300), 429, "rate_limited"),
    ])
  func codes(answer: Auth.SignInWithCode.Response, status: Int, code: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignInWithCode.self, answer)
      let reply = try await client.post("/api/one-time-access-token/ABC123")
      #expect(reply.status == status && reply.json["code"] == .string(code) && reply.cookie("access_token") == nil)
      #expect(reply["Retry-After"] == (status == 429 ? "300" : nil))
    }
  }

  @Test("re-authentication without an assertion needs a named purpose, and asks for that one alone")
  func emptyBody() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.ProveBySignIn.self, .proven)
      let session = ["Cookie": "access_token=t", "Origin": "http://localhost:1411"]
      let nameless = try await client.send("POST", "/api/webauthn/reauthenticate", session)
      #expect(nameless.status == 400 && services.asked(Auth.ProveBySignIn.self).isEmpty)
      let named = try await client.send("POST", "/api/webauthn/reauthenticate?purpose=api-key", session)
      #expect(named.status == 204 && services.asked(Auth.ProveBySignIn.self).first?.purpose == .apiKey)
      services.on(Auth.ProveBySignIn.self, .stale)
      let stale = try await client.send("POST", "/api/webauthn/reauthenticate?purpose=api-key", session)
      #expect(stale.status == 401 && stale.json["code"] == "reauthentication_required")
    }
  }

  @Test(
    "a length of time is read as the REST API writes it",
    arguments: [
      ("15m", 900), ("1h30m", 5400), ("7d", 604_800), ("90", 90), ("1.5h", 5400), ("500ms", 0.5), ("", nil), ("m", nil),
      ("-1h", nil), ("1x", nil), ("1h ", nil), ("١h", nil), ("99999999999999999h", nil),
    ] as [(String, Double?)])
  func durations(text: String, seconds: Double?) {
    #expect(DurationReader.seconds(text) == seconds)
  }
}
