import Encodings
import Foundation
import Launcher
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import Testing
import TestKit

@Suite("Preparing the database", .timeLimit(.minutes(2)))
struct PreparationTests {
  private let environment = Environment(["ENCRYPTION_KEY": "0123456789abcdef"])

  private func prepare(_ owner: DatabaseConfiguration, _ environment: Environment? = nil) async throws -> Preparation {
    let source = KeySource(folder: "/nowhere")
    return try await Preparation.run(
      owner: owner, keySource: source, found: try source.find(in: environment ?? self.environment), opensSetup: true
    ) { _ in }
  }

  @Test("a new database gets schema, check value, and a role for every service; a second start changes nothing")
  func fresh() async throws {
    let owner = try await freshOwner()
    let first = try await prepare(owner)
    let code = try #require(first.setupCode)
    #expect(code.wholeMatch(of: /([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}/) != nil)
    #expect(Set(first.connections.keys) == [.auth, .oidc, .admin])
    let second = try await prepare(owner)
    #expect(second.connections.mapValues(\.connectionString) == first.connections.mapValues(\.connectionString))
    #expect(second.setupCode == code, "every instance prints the same one")
    let session = try await Session.open(owner)
    try await session.unsafeScript("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'ada')")
    await session.close()
    #expect(try await prepare(owner).setupCode == nil)
    let source = KeySource(folder: "/nowhere")
    let place = Workplace(
      owner: owner, keySource: source, key: try source.find(in: environment), appURL: .default)
    let urls = [try await SetupOpening.url(place), try await SetupOpening.url(place)]
    #expect(urls.allSatisfy { $0.hasPrefix("http://localhost:1411/setup#") && !$0.hasSuffix(code) })
    #expect(urls[0] != urls[1], "each opening has a code of its own")
    #expect(try await prepare(owner).setupCode == nil, "a start prints none for what a command has opened")
  }

  @Test("a service's role reaches what Ownership gives it, and nothing else")
  func grants() async throws {
    let preparation = try await prepare(try await freshOwner())
    let auth = try await Session.open(try #require(preparation.connections[.auth]))
    try await auth.unsafeScript("SELECT count(*) FROM passkeys")
    let refused = try await #require(throws: DatabaseFailure.self) {
      try await auth.unsafeScript("SELECT count(*) FROM signing_keys")
    }
    #expect(refused.kind == .sql(state: "42501"))
    let schema = try await #require(throws: DatabaseFailure.self) {
      try await auth.unsafeScript("DROP TABLE passkeys")
    }
    #expect(schema.kind == .sql(state: "42501"))
    await auth.close()
  }

  @Test("a key that does not fit is refused before anything is touched")
  func wrongKey() async throws {
    let owner = try await freshOwner()
    _ = try await prepare(owner)
    let failure = try await #require(throws: KeySource.Failure.self) {
      try await prepare(owner, Environment(["ENCRYPTION_KEY": "another key of 16+"]))
    }
    #expect(failure.description.contains("is not the one that the data was made with"))
    // The right key still fits.
    _ = try await prepare(owner)
  }

  @Test("where the user may not make roles, all services share one, and it is said so")
  func noRoles() async throws {
    let superuser = try await freshOwner()
    let session = try await Session.open(superuser)
    let role = "plain_\(UUID().uuidString.prefix(8).lowercased())"
    let database = SQLText.identifier(try #require(superuser.database))
    try await session.unsafeScript(
      "CREATE ROLE \(role) LOGIN PASSWORD 'x'; ALTER DATABASE \(database) OWNER TO \(role)")
    await session.close()
    let owner = superuser.with(user: role, password: "x")
    let preparation = try await prepare(owner)
    #expect(Set(preparation.connections.values.map(\.connectionString)) == [owner.connectionString])
  }

  @Test("services are handed their own key and credentials alone; the gateway gets transport keys and no database")
  func environments() async throws {
    let owner = try await freshOwner()
    let preparation = try await prepare(owner)
    let all = ServiceEnvironment(
      operator: Environment(["ENCRYPTION_KEY": "0123456789abcdef", "SMTP_PASSWORD": "x", "LOG_JSON": "true"]),
      appURL: .default, preparation: preparation, ports: [.auth: [1], .oidc: [2, 4], .admin: [3]], host: "0.0.0.0",
      port: 1411)
    let auth = all.service(.auth, port: 1)
    #expect(auth["SERVICE_KEY"] == preparation.key.keys(for: .auth).text.exposed)
    #expect(auth["SHARED_KEY"] == preparation.key.keys(for: .admin).sharedText.exposed)
    #expect(auth["LISTEN"] == "127.0.0.1:1")
    #expect(auth["LOG_JSON"] == "true")
    #expect(auth["DB_SCHEMA"] == "latchkey")
    #expect(auth["DB_CONNECTION_STRING"] != all.service(.oidc, port: 4)["DB_CONNECTION_STRING"])
    let gateway = all.gateway()
    #expect(all.service(.oidc, port: 4)["LISTEN"] == "127.0.0.1:4")
    #expect(gateway["OIDC_ADDRESS"] == "127.0.0.1:2,127.0.0.1:4")
    #expect(gateway["ADMIN_ADDRESS"] == "127.0.0.1:3")
    #expect(gateway["TRANSPORT_KEY_OIDC"] == Base64URL.encode(preparation.key.keys(for: .oidc).transport(.gateway)))
    #expect(gateway["DB_CONNECTION_STRING"] == nil && gateway["DB_SCHEMA"] == nil)
    #expect(gateway["SERVICE_KEY"] == nil && gateway["SHARED_KEY"] == nil)
    for values in [auth, gateway] { #expect(values["ENCRYPTION_KEY"] == nil && values["SMTP_PASSWORD"] == nil) }
  }

  @Test("a one-time link needs data and a known user")
  func oneTimeLinkRefusals() async throws {
    let owner = try await freshOwner()
    let source = KeySource(folder: "/nowhere")
    let place = Workplace(owner: owner, keySource: source, key: try source.find(in: environment), appURL: .default)
    let empty = try await #require(throws: LaunchFailure.self) {
      _ = try await OneTimeLink.make(for: "ann", place: place)
    }
    #expect(empty.description.hasPrefix("There is no data here yet"))
    _ = try await prepare(owner)
    let unknown = try await #require(throws: LaunchFailure.self) {
      _ = try await OneTimeLink.make(for: "ann", place: place)
    }
    #expect(unknown.description == "There is no user with the name or e-mail address \"ann\".")
  }
}
