import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import Store
import TestKit
import Testing

@Suite struct SchemaTests {
  @Test("what each service may do in the database is exactly what Ownership says")
  func grants() async throws {
    let world = try await World()
    for service in Ownership.Service.allCases {
      let role = "store_test_\(service.rawValue)_\(UUID().uuidString.prefix(8).lowercased())"
      try await world.sql("CREATE ROLE \(role)")
      for statement in Ownership.unsafeGrants(for: service, role: role, schema: Settings.usualDatabaseSchema) {
        try await world.sql(statement)
      }
      let real = Set(try await world.database.search(RealGrants(role: role)))
      let meant = Set(
        Ownership.tables.flatMap { table in
          table.access(of: service).flatMap { access -> [String] in
            switch access {
            case .select: ["\(table.name) SELECT"]
            case .insert: ["\(table.name) INSERT"]
            case .delete: ["\(table.name) DELETE"]
            case .update(nil): ["\(table.name) UPDATE"]
            case .update(let columns?): columns.map { "\(table.name).\($0) UPDATE" }
            }
          }
        })
      #expect(real == meant, "\(service)")
    }
  }

  @Test("every table has an owner")
  func everyTable() async throws {
    let world = try await World()
    #expect(Set(try await world.database.search(Tables())) == Set(Ownership.tables.map(\.name)))
  }

  @Test("only oidc can read the signing keys")
  func signingKeys() {
    let table = Ownership.tables.first { $0.name == "signing_keys" }
    #expect(table?.access(of: .auth) == [] && table?.access(of: .admin) == [])
    #expect(table?.writer == .oidc)
  }

  @Test(
    "of every column that holds bytes, or something sealed, it is known what changing the encryption key does to it")
  func atRest() async throws {
    let world = try await World()
    #expect(Set(try await world.database.search(Protected())) == Set(AtRest.columns.keys))
  }

  @Test("what has expired is removed, and nothing else")
  func expired() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await browser.signIn()
    _ = try await world.database.write(Expired.Sessions())
    _ = try await world.database.write(Expired.SpentChallenges())
    #expect(try await world.database.read(SessionCount()).first == 2)
    try await world.sql("UPDATE sessions SET ends_at = now() - interval '1 second', check_at = now() WHERE amr <> '{}'")
    try await world.sql("UPDATE spent_challenges SET expires_at = now() - interval '1 second'")
    #expect(try await world.database.write(Expired.Sessions()).count == 2)
    #expect(try await world.database.write(Expired.SpentChallenges()).count == 2)
    for statement: any Statement in [
      Expired.Proofs(), Expired.OneTimeCodes(), Expired.Interactions(), Expired.RefreshTokens(),
      Expired.RevokedTokens(),
      Expired.Grants(),
    ] {
      #expect(try await run(statement, world) == 0)
    }
  }

  private func run(_ statement: some Statement, _ world: World) async throws -> Int {
    try await world.database.write(statement).count
  }
}

/// Table-wide and column privileges of a role in our schema, as "table PRIVILEGE" and "table.column PRIVILEGE".
private struct RealGrants: Statement {
  static let sql = """
    SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants
    WHERE grantee = $1 AND table_schema = current_schema()
    UNION
    SELECT table_name || '.' || column_name || ' ' || privilege_type FROM information_schema.column_privileges c
    WHERE grantee = $1 AND table_schema = current_schema() AND privilege_type = 'UPDATE' AND NOT EXISTS (
      SELECT 1 FROM information_schema.role_table_grants t WHERE t.grantee = $1 AND t.table_schema = current_schema()
        AND t.table_name = c.table_name AND t.privilege_type = 'UPDATE')
    """

  let role: String

  var bindings: Bindings { Bindings(role) }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

/// Columns of bytes, and of other types those that are called sealed.
private struct Protected: Statement {
  static let sql = """
    SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND (data_type = 'bytea' OR column_name LIKE '%sealed' OR column_name LIKE 'sealed%_')
      AND data_type NOT LIKE 'timestamp%'
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

private struct Tables: Statement {
  static let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

private struct SessionCount: Statement {
  static let sql = "SELECT count(*) FROM sessions"

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}
