import Foundation
import Postgres
import TestKit
import Testing

@Suite("A schema of one's own") struct OwnSchemaTests {
  private typealias List = [(version: Int, name: String, sql: String)]

  private static let before: List = [
    (1, "notes", "CREATE TABLE note (id bigint PRIMARY KEY)"), (2, "one", "INSERT INTO note VALUES (7)"),
  ]
  private static let move = (
    version: 3, name: "move",
    sql: """
    DO $$ BEGIN
      IF to_regclass('note') IS NULL THEN
        EXECUTE format('ALTER TABLE public.note SET SCHEMA %I', current_schema());
        EXECUTE format('ALTER TABLE public.schema_migrations SET SCHEMA %I', current_schema());
      END IF;
    END $$
    """
  )

  /// A database, and the same one as it is worked with in a schema whose name wants quotes.
  private func databases() async throws -> (plain: DatabaseConfiguration, own: DatabaseConfiguration) {
    let plain = try await ClusterForTests.freshDatabase()
    var own = plain
    own.schema = "Own \"one\""
    return (plain, own)
  }

  private func migrate(_ configuration: DatabaseConfiguration, _ list: List) async throws -> [Int] {
    try await Migrator(list, leavesPublicAt: 3).migrate(configuration).map(\.version)
  }

  @Test("connections of every kind look for names in the schema alone")
  func connections() async throws {
    let (plain, own) = try await databases()
    try await script("CREATE TABLE public.note (id bigint); INSERT INTO public.note VALUES (1)", plain)
    #expect(try await migrate(own, Self.before) == [1, 2])
    let database = Database(own, logger: quiet)
    #expect(try await database.read(Notes()) == [7])
    #expect(try await database.search(Notes()) == [7])
    #expect(try await database.transaction { transaction in try await transaction.read(Notes()) } == [7])
    let session = try await Session.open(own)
    #expect(try await session.run(Notes()).rows == [7])
    try await session.unsafeScript("DROP TABLE note")
    // What we lack is missing, though somebody else has one of the name.
    for missing in [
      await failure { () async throws(DatabaseFailure) in try await database.read(Notes()) },
      await failure { () async throws(DatabaseFailure) in try await session.run(Notes()) },
    ] {
      #expect(missing?.kind == .sql(state: "42P01"))
    }
    await session.close()
    await database.close()
  }

  @Test("what earlier migrations made in public is taken along, and what others have there stays")
  func move() async throws {
    let (plain, own) = try await databases()
    #expect(try await migrate(plain, Self.before) == [1, 2])
    try await script("CREATE TABLE public.users (id bigint); INSERT INTO public.users VALUES (1)", plain)
    #expect(try await migrate(own, Self.before + [Self.move]) == [3])
    #expect(try await tables(plain) == ["Own \"one\".note", "Own \"one\".schema_migrations", "public.users"])
    #expect(try await migrate(own, Self.before + [Self.move]) == [])
  }

  @Test("a move that fails leaves everything where it was")
  func failingMove() async throws {
    let (plain, own) = try await databases()
    _ = try await migrate(plain, Self.before)
    let broken = (version: 3, name: "move", sql: Self.move.sql + "; SELECT 1/0")
    let refusal = await #expect(throws: MigrationFailure.self) {
      try await migrate(own, Self.before + [broken])
    }
    #expect(refusal?.explanation == "Migration 3 (move) failed and was rolled back: 22012 division by zero.")
    #expect(try await tables(plain) == ["public.note", "public.schema_migrations"])
    #expect(try await migrate(own, Self.before + [Self.move]) == [3])
  }

  @Test(
    "a history in public that is not ours is left alone",
    arguments: [
      "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)",
      "CREATE TABLE schema_migrations (version text PRIMARY KEY, name text, checksum text)",
      "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, name text, checksum text)",
      """
      CREATE TABLE schema_migrations (version bigint PRIMARY KEY, name text, checksum text);
      INSERT INTO schema_migrations VALUES (1, 'notes', 'another')
      """,
    ])
  func foreignHistory(_ sql: String) async throws {
    let (plain, own) = try await databases()
    try await script(sql + "; CREATE TABLE note (id bigint)", plain)
    #expect(try await migrate(own, Self.before + [Self.move]) == [1, 2, 3])
    #expect(
      try await tables(plain) == [
        "Own \"one\".note", "Own \"one\".schema_migrations", "public.note", "public.schema_migrations",
      ])
  }

  @Test("who chooses public stays there, and another installation may stand beside it")
  func choosingPublic() async throws {
    let (plain, own) = try await databases()
    _ = try await migrate(plain, Self.before)
    var chosen = plain
    chosen.schema = "public"
    #expect(try await migrate(chosen, Self.before + [Self.move]) == [3])
    #expect(try await migrate(own, Self.before + [Self.move]) == [1, 2, 3])
  }

  @Test("a user who owns the database, or may make schemas in it, needs nothing more; in public they may make nothing")
  func rights() async throws {
    for grant in ["ALTER DATABASE %d OWNER TO %u", "GRANT CREATE ON DATABASE %d TO %u"] {
      let (_, own) = try await databases()
      let user = try await plainUser(of: own, grant)
      let inPublic = await failure { () async throws(DatabaseFailure) in
        let session = try await Session.open(user)
        try await session.unsafeScript("CREATE TABLE public.note (id bigint)")
      }
      #expect(grant.hasPrefix("ALTER") || inPublic?.isForbidden == true)
      #expect(try await migrate(user, Self.before + [Self.move]) == [1, 2, 3])
      #expect(try await migrate(user, Self.before + [Self.move]) == [])
    }
  }

  @Test("of each right that a user lacks it is said which, with the line that grants it; and that line does")
  func lacks() async throws {
    let (_, own) = try await databases()
    let user = try await plainUser(of: own, nil)
    let (name, database) = (try #require(user.user), try #require(user.database))
    func lack(_ body: () async throws(MigrationFailure) -> Void) async throws -> LackingRight {
      let refusal: MigrationFailure?
      do throws(MigrationFailure) {
        try await body()
        refusal = nil
      } catch { refusal = error }
      guard case .lacking(let lack) = refusal?.kind else {
        throw DatabaseFailure(kind: .cancelled, outcome: .notDone, message: "\(String(describing: refusal))")
      }
      #expect(refusal?.explanation.hasSuffix("run: \(lack.remedy);") == true)
      return lack
    }
    let migrator = try Migrator(Self.before)
    let noSchema = try await lack { () async throws(MigrationFailure) in _ = try await migrator.migrate(user) }
    #expect(noSchema.remedy == "GRANT CREATE ON DATABASE \"\(database)\" TO \"\(name)\"")
    try await script("CREATE SCHEMA \"Own \"\"one\"\"\"", own)
    let noTables = try await lack { () async throws(MigrationFailure) in _ = try await migrator.migrate(user) }
    #expect(noTables.remedy == "GRANT USAGE, CREATE ON SCHEMA \"Own \"\"one\"\"\" TO \"\(name)\"")
    let service = Database(user, logger: quiet)
    let noUse = try await lack { () async throws(MigrationFailure) in try await migrator.check(service) }
    #expect(noUse.remedy == "GRANT USAGE ON SCHEMA \"Own \"\"one\"\"\" TO \"\(name)\"")
    try await script(noUse.remedy, own)
    let refusal = await #expect(throws: MigrationFailure.self) { try await migrator.check(service) }
    #expect(
      refusal?.explanation
        == "The schema \"Own \"one\"\" of the database is empty: run `latchkey migrate` first.")
    await service.close()
    try await script(noTables.remedy, own)
    #expect(try await migrator.migrate(user).count == 2)
  }

  @Test("a user who may not connect is refused for that, at once")
  func connecting() async throws {
    let (_, own) = try await databases()
    let user = try await plainUser(of: own, "REVOKE CONNECT ON DATABASE %d FROM PUBLIC")
    let refused = await failure { () async throws(DatabaseFailure) in try await Session.open(user) }
    #expect(refused?.isForbidden == true)
    let lack = LackingRight(.connect, user: try #require(user.user), database: try #require(user.database))
    try await script(lack.remedy, own)
    await (try Session.open(user)).close()
  }

  /// A new role without any right, but for what the SQL gives it: %u is its name, %d the database's.
  private func plainUser(
    of configuration: DatabaseConfiguration, _ grant: String?
  ) async throws -> DatabaseConfiguration {
    let name = "plain_\(UUID().uuidString.prefix(8).lowercased())"
    let database = SQLText.identifier(try #require(configuration.database))
    let sql = grant?.replacing("%u", with: name).replacing("%d", with: database) ?? ""
    try await script("CREATE ROLE \(name) LOGIN PASSWORD 'x'; \(sql)", configuration)
    return configuration.with(user: name, password: "x")
  }

  private func tables(_ configuration: DatabaseConfiguration) async throws -> [String] {
    let session = try await Session.open(configuration)
    let rows = try await session.run(AllTables()).rows
    await session.close()
    return rows
  }
}

private struct Notes: Statement {
  static let sql = "SELECT id FROM note"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}

private struct AllTables: Statement {
  static let sql = """
    SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}
