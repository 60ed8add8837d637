import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("One's own account")
struct AccountRouteTests {
  private let cookie = [
    "Cookie": "access_token=t; browser=\(browserToken); session-passkey-1-AAAA=p; session-proof-1-AAAA=q"
  ]

  @Test("a proof is asked for by purpose")
  func proof() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginProof.self, .begun(Sample.ceremony))
      let id = InteractionID(UUID())
      let begun = try await client.get("/api/webauthn/reauthenticate/start?purpose=authorize%3A\(id)", cookie)
      #expect(begun.status == 200 && begun.ceremonies("session-proof").first?.contains("=sealed-state;") == true)
      #expect(services.asked(Auth.BeginProof.self).first?.purpose == .authorize(id))
      _ = try await client.get("/api/webauthn/reauthenticate/start?purpose=email-address,new-administrator", cookie)
      let asked = services.asked(Auth.BeginProof.self).last
      #expect(asked?.purpose == .emailAddress && asked?.also == [.newAdministrator])
      for query in [
        "", "?purpose=", "?purpose=everything", "?purpose=authorize:1", "?purpose=api-key,",
        "?purpose=api-key,everything",
        "?purpose=api-key,api-key,api-key,api-key,api-key",
      ] {
        let refused = try await client.get("/api/webauthn/reauthenticate/start\(query)", cookie)
        #expect(refused.status == 400 && refused.json["details"]?["fields"]?.array?.first?["field"] == "purpose")
      }
      services.on(Auth.FinishProof.self, .proven)
      let done = try await client.post("/api/webauthn/reauthenticate", Sample.answer(to: "AAAA"), cookie)
      #expect(done.status == 204 && done.cookie("session-proof-1-AAAA")?.contains("Max-Age=0;") == true)
      #expect(services.asked(Auth.FinishProof.self).first?.answer.state == Secret("q"))
      services.on(Auth.FinishProof.self, .notSignedIn)
      #expect(try await client.post("/api/webauthn/reauthenticate", ["id": "x"]).json["code"] == "not_signed_in")
    }
  }

  @Test("adding a passkey needs a proof")
  func addPasskey() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginPasskey.self, .proofRequired)
      let refused = try await client.get("/api/webauthn/register/start", cookie)
      #expect(refused.status == 401 && refused.json["code"] == "reauthentication_required")
      services.on(Auth.BeginPasskey.self, .begun(Sample.ceremony))
      let begun = try await client.get("/api/webauthn/register/start", cookie)
      #expect(begun.ceremonies("session-passkey").first?.contains("=sealed-state;") == true)
      services.on(Auth.FinishPasskey.self, .added(Sample.passkey))
      let added = try await client.post("/api/webauthn/register/finish", Sample.answer(to: "AAAA"), cookie)
      #expect(added.cookie("session-passkey-1-AAAA")?.contains("Max-Age=0;") == true)
      #expect(added.status == 200 && added.json["credentialID"] == "AQID_w" && added.json["transport"] == ["internal"])
      #expect(added.json["authenticator"] == "Some Keychain" && added.json["lastUsedAt"] == .some(.null))
      #expect(services.asked(Auth.FinishPasskey.self).first?.answer.state == Secret("p"))
    }
  }

  @Test("passkeys are listed, renamed and removed, but not the last")
  func passkeys() async throws {
    try await withGateway { (services, client) async throws in
      let path = "/api/webauthn/credentials/\(Sample.passkey.id)"
      services.on(Auth.ListPasskeys.self, .passkeys([Sample.passkey]))
      let list = try await client.get("/api/webauthn/credentials", cookie)
      #expect(list.json.array?.first?["createdAt"] == "2026-09-21T14:13:20Z")
      services.on(Auth.RenamePasskey.self, .renamed(Sample.passkey))
      #expect(try await client.post(path, ["name": "Laptop"], cookie, method: "PATCH").status == 200)
      #expect(services.asked(Auth.RenamePasskey.self).first?.id == Sample.passkey.id)
      let nameless = try await client.post(path, [:], cookie, method: "PATCH")
      #expect(nameless.json["details"]?["fields"]?.array?.first?["code"] == "required")
      services.on(Auth.RemovePasskey.self, .lastOne)
      let last = try await client.post(path, [:], cookie, method: "DELETE")
      #expect(last.status == 409 && last.json["code"] == "last_passkey")
      services.on(Auth.RemovePasskey.self, .removed)
      #expect(try await client.post(path, [:], cookie, method: "DELETE").status == 204)
      let odd = try await client.post("/api/webauthn/credentials/1", [:], cookie, method: "DELETE")
      #expect(odd.status == 404 && odd.json["code"] == "not_found")
    }
  }

  @Test("sessions are listed and ended, one or all others")
  func sessions() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.ListSessions.self, .sessions([Sample.session], current: Sample.session.id))
      let list = try await client.get("/api/sessions", cookie)
      let first = list.json["data"]?.array?.first
      #expect(first?["current"] == true && first?["ipAddress"] == "192.0.2.7" && first?["amr"] == ["phr"])
      services.on(Auth.EndSessions.self, .ended(count: 0))
      #expect(try await client.post("/api/sessions", [:], cookie, method: "DELETE").status == 204)
      #expect(services.asked(Auth.EndSessions.self).first?.which == .others)
      let none = try await client.post("/api/sessions/\(Sample.session.id)", [:], cookie, method: "DELETE")
      #expect(none.status == 404)
      services.on(Auth.EndSessions.self, .notSignedIn)
      #expect(try await client.post("/api/sessions", [:], cookie, method: "DELETE").status == 401)
    }
  }

  @Test("the profile is changed through admin")
  func profile() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.UpdateOwnProfile.self, .updated(Sample.user))
      let body: JSONValue = [
        "username": "ada", "email": .null, "firstName": "A", "lastName": "L", "displayName": "", "locale": "en",
      ]
      #expect(try await client.post("/api/users/me", body, cookie, method: "PUT").status == 200)
      #expect(
        services.asked(Admin.UpdateOwnProfile.self).first?.profile
          == Profile(username: "ada", email: nil, firstName: "A", lastName: "L", displayName: nil, locale: "en"))
      services.on(Admin.UpdateOwnProfile.self, .denied(.notSignedIn))
      #expect(try await client.post("/api/users/me", body, method: "PUT").status == 401)
    }
  }
}
