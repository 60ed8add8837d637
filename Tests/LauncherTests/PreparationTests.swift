import Encodings
import Foundation
import Launcher
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import Synchronization
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
    let place = CommandContext(
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

  @Test("an installation whose tables are in public is moved by its own key alone")
  func moved() async throws {
    let owner = try await freshOwner()
    var was = owner
    was.schema = nil
    _ = try await Migrator(Schema.migrations.filter { $0.version < Schema.leavesPublicAt }).migrate(was)
    let key = try EncryptionKey(Array("0123456789abcdef".utf8))
    let check = key.checkValue.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    try await sql("INSERT INTO instance (id, encryption_check) VALUES (gen_random_uuid(), '\\x\(check)')", was)
    let failure = try await #require(throws: KeySource.Failure.self) {
      try await prepare(owner, Environment(["ENCRYPTION_KEY": "another key of 16+"]))
    }
    #expect(failure.description.contains("is not the one that the data was made with"))
    try await sql("SELECT encryption_check FROM public.instance", was)
    _ = try await prepare(owner)
    try await sql("SELECT encryption_check FROM latchkey.instance", was)
  }

  @Test("where the user may not make roles, all services share one, and it is said so, with what would change that")
  func noRoles() async throws {
    let owner = try await plainOwner()
    let (preparation, said) = try await prepareListening(owner)
    #expect(Set(preparation.connections.values.map(\.connectionString)) == [owner.connectionString])
    #expect(said.contains { $0.hasSuffix("run: ALTER ROLE \"\(owner.user ?? "")\" CREATEROLE;") }, "\(said)")
  }

  @Test(
    "where the services' roles are somebody else's, or may not connect, it is said which line of SQL helps; and it does"
  )
  func rolesWithoutRights() async throws {
    let superuser = try await freshOwner()
    let database = try #require(superuser.database)
    let owner = try await plainOwner(of: superuser, "CREATEROLE")
    let roles = Ownership.Service.allCases.map { Roles.name(for: $0, database: database) }
    for role in roles { try await sql("CREATE ROLE \(SQLText.identifier(role))", superuser) }
    try await sql("REVOKE CONNECT ON DATABASE \(SQLText.identifier(database)) FROM PUBLIC", superuser)
    let (first, said) = try await prepareListening(owner)
    #expect(Set(first.connections.values.map(\.connectionString)) == [owner.connectionString])
    // Before PostgreSQL 16 whoever may create roles may change all of them.
    let session = try await Session.open(superuser)
    let isStrict = try await session.run(IsStrict()).rows.first == true
    await session.close()
    let mine = LackingRight(.administerRoles(roles), user: try #require(owner.user), database: database)
    #expect(said.contains { $0.hasSuffix(mine.description) } == isStrict, "\(said)")
    try await sql(mine.remedy, superuser)
    let (second, saidThen) = try await prepareListening(owner)
    #expect(Set(second.connections.values.map(\.connectionString)) == [owner.connectionString])
    let connecting = roles.map { LackingRight(.connect, user: $0, database: database) }
    #expect(connecting.contains { lack in saidThen.contains { $0.hasSuffix(lack.description) } }, "\(saidThen)")
    for lack in connecting { try await sql(lack.remedy, superuser) }
    #expect(Set(try await prepareListening(owner).preparation.connections.values.map(\.user)) == Set(roles))
  }

  @Test("a user who may not make the schema is told so, and one who may not connect is not waited for")
  func nothingAllowed() async throws {
    let superuser = try await freshOwner()
    let database = try #require(superuser.database)
    let user = "plain_\(UUID().uuidString.prefix(8).lowercased())"
    try await sql("CREATE ROLE \(user) LOGIN PASSWORD 'x'", superuser)
    let owner = superuser.with(user: user, password: "x")
    let refusal = try await #require(throws: MigrationFailure.self) { try await prepare(owner) }
    let schema = LackingRight(.createSchema("latchkey"), user: user, database: database)
    #expect(refusal.description == schema.description)
    #expect(schema.description.hasSuffix("run: GRANT CREATE ON DATABASE \"\(database)\" TO \"\(user)\";"))
    try await sql("REVOKE CONNECT ON DATABASE \(SQLText.identifier(database)) FROM PUBLIC", superuser)
    let source = DatabaseSource(connection: Secret(owner.connectionString), folder: "/nowhere", schema: "latchkey")
    let connecting = try await #require(throws: LaunchFailure.self) { _ = try await source.open { _ in } }
    #expect(connecting.description == LackingRight(.connect, user: user, database: database).description)
    try await sql(schema.remedy, superuser)
    try await sql("GRANT CONNECT ON DATABASE \(SQLText.identifier(database)) TO \(user)", superuser)
    _ = try await prepare(owner)
  }

  private func sql(_ text: String, _ configuration: DatabaseConfiguration) async throws {
    let session = try await Session.open(configuration)
    try await session.unsafeScript(text)
    await session.close()
  }

  /// The owner of a database, who is no superuser.
  private func plainOwner(
    of superuser: DatabaseConfiguration? = nil, _ attributes: String = ""
  ) async throws -> DatabaseConfiguration {
    let fresh: DatabaseConfiguration
    if let superuser { fresh = superuser } else { fresh = try await freshOwner() }
    let role = "plain_\(UUID().uuidString.prefix(8).lowercased())"
    let database = SQLText.identifier(try #require(fresh.database))
    try await sql(
      "CREATE ROLE \(role) LOGIN \(attributes) PASSWORD 'x'; ALTER DATABASE \(database) OWNER TO \(role)", fresh)
    return fresh.with(user: role, password: "x")
  }

  private func prepareListening(
    _ owner: DatabaseConfiguration
  ) async throws -> (preparation: Preparation, said: [String]) {
    let source = KeySource(folder: "/nowhere")
    let said = Mutex<[String]>([])
    let preparation = try await Preparation.run(
      owner: owner, keySource: source, found: try source.find(in: environment), opensSetup: false
    ) { line in said.withLock { $0.append(line) } }
    return (preparation, said.withLock { $0 })
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
    let place = CommandContext(owner: owner, keySource: source, key: try source.find(in: environment), appURL: .default)
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

private struct IsStrict: Statement {
  static let sql = "SELECT current_setting('server_version_num')::int >= 160000"

  static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
}
