import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Signing keys over HTTP")
struct SigningKeyRouteTests {
  private let cookie = ["Cookie": "access_token=session-token"]
  private let day = Date(timeIntervalSince1970: 1_790_000_000)

  private var keys: OIDC.SigningKeys {
    OIDC.SigningKeys(
      keys: [
        OIDC.SigningKey(id: "k2", algorithm: "RS256", state: .current, publishedAt: day, signsFrom: day),
        OIDC.SigningKey(id: "k3", algorithm: "RS256", state: .next, publishedAt: day),
        OIDC.SigningKey(
          id: "k1", algorithm: "RS256", state: .retired, publishedAt: day, signsFrom: day, retiredAt: day,
          believedUntil: day + 4200),
      ], rotationDays: 90)
  }

  @Test("the list names state and times, and nothing secret")
  func list() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ListSigningKeys.self, .keys(keys))
      let reply = try await client.get("/api/signing-keys", cookie)
      #expect(reply.status == 200 && reply.json["rotationDays"] == 90)
      let first = reply.json["keys"]?.array?.first
      #expect(
        first == [
          "kid": "k2", "alg": "RS256", "state": "current", "publishedAt": .string(day.formatted(.iso8601)),
          "signsFrom": .string(day.formatted(.iso8601)), "retiredAt": .null, "believedUntil": .null,
        ])
    }
  }

  @Test("rotating says which algorithm and which keys were seen; without a body it is all of them")
  func rotate() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.RotateSigningKeys.self, .rotated(keys))
      let reply = try await client.post(
        "/api/signing-keys/rotate", ["alg": "RS256", "expected": ["k2"]], cookie)
      #expect(reply.status == 200 && reply.json["keys"]?.array?.count == 3)
      let bare = try await client.post("/api/signing-keys/rotate", [:], cookie)
      #expect(bare.status == 200)
      let asked = services.asked(OIDC.RotateSigningKeys.self)
      #expect(asked.map(\.algorithm) == ["RS256", nil] && asked.map(\.expected) == [["k2"], nil])
    }
  }

  @Test(
    "what is refused has a code",
    arguments: [
      (OIDC.RotateSigningKeys.Response.denied(.notSignedIn), 401, "not_signed_in"),
      (.denied(.proofRequired), 401, "reauthentication_required"), (.unknownAlgorithm, 400, "validation_failed"),
      (.unchanged(OIDC.SigningKeys(keys: [], rotationDays: 0)), 409, "signing_keys_unchanged"),
    ])
  func refused(answer: OIDC.RotateSigningKeys.Response, status: Int, code: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.RotateSigningKeys.self, answer)
      let reply = try await client.post("/api/signing-keys/rotate", [:], cookie)
      #expect(reply.status == status && reply.json["code"] == .string(code))
    }
  }

  @Test("a key is removed by its name")
  func remove() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.RevokeSigningKey.self, .revoked(keys))
      #expect(try await client.post("/api/signing-keys/k-1_x", [:], cookie, method: "DELETE").status == 204)
      #expect(services.asked(OIDC.RevokeSigningKey.self).map(\.id) == ["k-1_x"])
      services.on(OIDC.RevokeSigningKey.self, .notFound)
      #expect(try await client.post("/api/signing-keys/k", [:], cookie, method: "DELETE").status == 404)
    }
  }

  @Test("the page is for administrators")
  func page() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ListSigningKeys.self, .denied(.notSignedIn))
      #expect(try await client.get("/settings/admin/signing-keys").status == 302)
    }
  }
}
