import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Signing in")
struct SignInRouteTests {
  @Test("a sign-in begins with the service's options, the sealed state and a browser cookie")
  func begin() async throws {
    try await withGateway("https://id.example.com") { (services, client) async throws in
      services.on(Auth.BeginSignIn.self, Sample.ceremony)
      let reply = try await client.get("/api/webauthn/login/start")
      #expect(reply.status == 200)
      #expect(reply.json == ["challenge": "AAAA", "rpId": "localhost"])
      let state = try #require(reply.ceremonies("__Host-session-sign-in").first)
      #expect(state.contains("=sealed-state;") && state.contains("Max-Age=60;"))
      #expect(state.contains("HttpOnly") && state.contains("SameSite=Lax") && state.hasSuffix("Secure"))
      let browser = try #require(reply.cookieValue("__Host-browser"))
      #expect(browser.count == 43)
      // The service must seal the state for the very cookie that the browser will bring.
      #expect(services.calls(Auth.BeginSignIn.self).first?.caller.browsers.first == Secret(browser))
    }
  }

  @Test("a browser that has its cookie keeps it")
  func keepsBrowser() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginSignIn.self, Sample.ceremony)
      let reply = try await client.get("/api/webauthn/login/start", ["Cookie": "browser=\(browserToken)"])
      #expect(reply.cookie("browser") == nil)
      #expect(services.calls(Auth.BeginSignIn.self).first?.caller.browsers.first == Secret(browserToken))
      let odd = try await client.get("/api/webauthn/login/start", ["Cookie": "browser=short"])
      #expect(odd.cookieValue("browser")?.count == 43)
    }
  }

  @Test("a finished sign-in gives the user and the session cookie, and takes the state away")
  func finish() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .signedIn(Sample.signedIn()))
      let reply = try await client.post(
        "/api/webauthn/login/finish", Sample.answer(to: "AAAA"),
        ["Cookie": "browser=\(browserToken); session-sign-in-1-AAAA=sealed-state"])
      #expect(reply.status == 200)
      #expect(
        reply.json["username"] == "ada" && reply.json["customClaims"] == [] && reply.json["ldapId"] == .some(.null))
      let session = try #require(reply.cookie("access_token"))
      #expect(session.hasPrefix("access_token=session-token;") && !session.contains("Secure"))
      let age = session.firstMatch(of: /Max-Age=(\d+)/).flatMap { Int($0.1) } ?? 0
      #expect((604_700...604_800).contains(age))
      #expect(reply.cookie("session-sign-in-1-AAAA")?.contains("Max-Age=0;") == true)
      let answer = try #require(services.asked(Auth.FinishSignIn.self).first?.answer)
      #expect(try JSONValue(json: answer.credential) == Sample.answer(to: "AAAA"))
      #expect(answer.state == Secret("sealed-state") && answer.alsoKnows == ["passkeyChanged"])
    }
  }

  @Test(
    "a refused passkey has its own code and status",
    arguments: [
      (Auth.CeremonyRefusal.expired, 400, "invalid_webauthn_session"), (.spent, 400, "invalid_webauthn_session"),
      (.malformed, 400, "invalid_webauthn_response"), (.unknownPasskey, 401, "passkey_not_found"),
      (.verificationFailed, 401, "webauthn_authentication_failed"), (.passkeyChanged, 401, "passkey_changed"),
      (.userVerificationRequired, 400, "passkey_user_verification_required"),
      (.alreadyRegistered, 409, "already_in_use"),
      (.syncedPasskey, 400, "synced_passkey_not_allowed"),
      (.userDisabled, 403, "user_disabled"), (.stateInvalid, 400, "missing_session_id"),
    ])
  func refused(refusal: Auth.CeremonyRefusal, status: Int, code: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(refusal))
      let reply = try await client.post("/api/webauthn/login/finish", ["id": "x"])
      #expect(reply.status == status)
      #expect(reply.json["code"] == .string(code))
      #expect(reply.json["details"]?["reason"] == .string(refusal.rawValue))
      #expect(reply.cookie("access_token") == nil)
    }
  }

  @Test("signing out ends the session and takes the cookie away")
  func signOut() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignOut.self, Auth.SignOut.Response())
      let reply = try await client.post("/api/webauthn/logout", [:], ["Cookie": "access_token=t"])
      #expect(reply.status == 204 && reply.body.isEmpty && reply["Content-Length"] == nil)
      #expect(reply.cookie("access_token")?.contains("Max-Age=0;") == true)
      #expect(services.calls(Auth.SignOut.self).first?.caller.session == Secret("t"))
    }
  }

  @Test("a login code signs in, and a wrong one does not")
  func code() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SignInWithCode.self, .signedIn(Sample.signedIn()))
      let reply = try await client.post("/api/one-time-access-token/AB%20C")
      #expect(reply.status == 200 && reply.cookie("access_token") != nil)
      #expect(services.asked(Auth.SignInWithCode.self).first?.code == Secret("AB C"))
      services.on(Auth.SignInWithCode.self, .wrong)
      let refused = try await client.post("/api/one-time-access-token/x")
      #expect(refused.status == 401 && refused.json["code"] == "token_invalid_or_expired")
    }
  }

  @Test("a session token in Authorization speaks instead of the cookie")
  func bearer() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .user(Sample.user))
      let reply = try await client.get("/api/users/me", ["Authorization": "Bearer other", "Cookie": "access_token=t"])
      #expect(reply.status == 200 && reply.json["id"] == .string("\(Sample.user.id)"))
      #expect(services.calls(Auth.CurrentUser.self).first?.caller.session == Secret("other"))
    }
  }
}
