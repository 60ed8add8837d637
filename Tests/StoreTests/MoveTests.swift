import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import Store
import TestKit
import Testing

/// An installation of before V0006, whose tables are in `public`.
@Suite("An installation whose tables are in public") struct MoveTests {
  private static let ada = "aaaaaaaa-0000-4000-8000-000000000001"
  private static let session = "bbbbbbbb-0000-4000-8000-000000000001"
  private static let authorization = "cccccccc-0000-4000-8000-000000000001"
  private static let token = "a-session-token-of-before"

  /// Rows of before: somebody with a session, who has agreed to a client, which has a token.
  private static let rows = """
    INSERT INTO instance (id, encryption_check) VALUES (gen_random_uuid(), '\\x01');
    INSERT INTO users (id, username, email, is_admin) VALUES ('\(ada)', 'ada', 'ada@example.com', true);
    INSERT INTO passkeys (id, user_id, name, credential_id, public_key, algorithm, sign_count, uv_initialized, transports,
        backup_eligible, backup_state, aaguid, attestation_type, rp_id)
      VALUES (gen_random_uuid(), '\(ada)', 'key', '\\x01', '\\x02', -7, 0, true, '{internal}', false, false,
        gen_random_uuid(), 'none', 'localhost');
    INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
      VALUES ('\(session)', sha256('\(token)'), '\(ada)', now(), '{phr}', '192.0.2.1', 'Test/1',
        now() + interval '1 hour', now() + interval '7 days');
    INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
        requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
      VALUES ('grafana', 'Grafana', '{https://grafana.example/}', '{}', true, true, false, false, 60, 43200);
    INSERT INTO grants (user_id, client_id, scopes, created_at)
      VALUES ('\(ada)', 'grafana', '{openid,email}', now() - interval '1 day');
    INSERT INTO authorizations (id, code_hash, client_id, user_id, session_id, scopes, auth_time, amr, requested_at,
        code_expires_at, spent_at, spent_by, expires_at)
      VALUES ('\(authorization)', '\\x01', 'grafana', '\(ada)', '\(session)', '{openid,email}', now(), '{phr}', now(),
        now() + interval '1 minute', now(), '\\x01', now() + interval '30 days');
    INSERT INTO refresh_tokens (token_hash, authorization_id, generation, expires_at)
      VALUES ('\\x01', '\(authorization)', 0, now() + interval '30 days');
    INSERT INTO audit_log (id, event, user_id, address, user_agent, request_id, batch)
      SELECT gen_random_uuid(), 'SIGN_IN', '\(ada)', '192.0.2.1', 'Test/1', '\\x01', CASE WHEN n < 4 THEN 1 END
      FROM generate_series(1, 5) n;
    INSERT INTO audit_seals (batch, entries, first_at, last_at, leaves, content_hash, seal)
      VALUES (1, 3, now(), now(), '\\x01', '\\x02', '\\x03');
    """

  /// The same database as it was worked with, and as it is.
  private func old(_ rows: String = rows) async throws -> (was: DatabaseConfiguration, now: DatabaseConfiguration) {
    let was = try await ClusterForTests.freshDatabase()
    let early = Schema.migrations.filter { $0.version < Schema.leavesPublicAt }
    _ = try await Migrator(early).migrate(was)
    let session = try await Session.open(was)
    try await session.unsafeScript(rows)
    await session.close()
    var now = was
    now.schema = Settings.usualDatabaseSchema
    return (was, now)
  }

  private func migrate(_ configuration: DatabaseConfiguration) async throws {
    _ = try await Migrator(Schema.migrations, leavesPublicAt: Schema.leavesPublicAt).migrate(configuration)
  }

  private func run<S: Statement>(_ statement: S, _ configuration: DatabaseConfiguration) async throws -> [S.Row] {
    let session = try await Session.open(configuration)
    let rows = try await session.run(statement).rows
    await session.close()
    return rows
  }

  @Test("is taken along whole, to what a new installation has, and works on")
  func moved() async throws {
    let (was, now) = try await old()
    try await migrate(now)
    #expect(try await run(Objects(schema: "public"), was) == [])
    var fresh = try await World().configuration
    fresh.schema = nil
    let (moved, made) = (Objects(schema: "latchkey"), Objects(schema: "latchkey"))
    #expect(try await run(moved, was) == run(made, fresh))

    let world = try await World(in: now)
    try await world.startTokenService()
    let consents = try await world.oidc.send(
      OIDC.ListConsents(user: nil, page: .init()), world.call(session: Secret(Self.token)))
    #expect("\(consents)".contains("Grafana"), "the session and what its person agreed to are there: \(consents)")
    let authorization = try #require(UUID(uuidString: Self.authorization))
    let live = try await world.database.first(Grants.Live(id: authorization, tokenID: "none"))
    #expect(live?.scopes == ["openid", "email"])
    #expect(try await world.database.search(AuditLogTotal()).first == 5)
    // A trigger whose function names tables: another's address is nobody's name.
    await #expect(throws: DatabaseFailure.self) {
      try await world.sql("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'ADA@example.com')")
    }
  }

  @Test("is not touched while services of before are connected, and it is said which")
  func connected() async throws {
    let (was, now) = try await old()
    var service = was
    service.applicationName = "latchkey-oidc"
    let running = try await Session.open(service)
    let refusal = await #expect(throws: MigrationFailure.self) { try await migrate(now) }
    #expect(
      refusal?.explanation.hasSuffix(
        "latchkey-oidc still use this database. Stop Latchkey everywhere, then run `latchkey migrate` again.") == true)
    #expect(try await run(Objects(schema: "latchkey"), was) == [])
    await running.close()
    try await migrate(now)
  }

  @Test("where it is new, services that wait for it are not in the way")
  func waiting() async throws {
    let was = try await ClusterForTests.freshDatabase()
    var service = was
    service.applicationName = "latchkey-oidc"
    let waiting = try await Session.open(service)
    var now = was
    now.schema = Settings.usualDatabaseSchema
    try await migrate(now)
    await waiting.close()
  }

  @Test("tables of Pocket ID's that are called like ours stay as they are, and so do their rows")
  func pocketID() async throws {
    let was = try await ClusterForTests.freshDatabase()
    let theirs = try await Session.open(was)
    try await theirs.unsafeScript(
      """
      CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
      INSERT INTO schema_migrations VALUES (20260101000000, false);
      CREATE TABLE users (id uuid PRIMARY KEY, username text NOT NULL, first_name text, is_admin boolean);
      INSERT INTO users VALUES (gen_random_uuid(), 'tim', 'Tim', true);
      CREATE TABLE user_groups (id uuid PRIMARY KEY, friendly_name text);
      CREATE TABLE oidc_clients (id text PRIMARY KEY, name text);
      CREATE TABLE signup_tokens (id uuid PRIMARY KEY);
      CREATE FUNCTION close_setup() RETURNS int LANGUAGE sql AS 'SELECT 1'
      """)
    let before = try await theirs.run(Objects(schema: "public")).rows
    var now = was
    now.schema = Settings.usualDatabaseSchema
    try await migrate(now)
    #expect(try await theirs.run(Objects(schema: "public")).rows == before)
    #expect(try await theirs.run(Usernames()).rows == ["tim"])
    #expect(try await run(Usernames(), now) == [])
    await theirs.close()
  }
}

/// All tables with their columns, indexes, constraints and functions of a schema.
private struct Objects: Statement {
  static let sql = """
    SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
      || a.attnotnull || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'S')
    UNION ALL SELECT 'options ' || relname || coalesce(' ' || reloptions::text, '') FROM pg_class
    WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'i')
    UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = to_regnamespace($1)
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = $1
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = to_regnamespace($1)
    UNION ALL SELECT 'trigger ' || tgname || ' ' || tgrelid::regclass::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace($1))
    ORDER BY 1
    """

  let schema: String

  var bindings: Bindings { Bindings(schema) }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

private struct Usernames: Statement {
  static let sql = "SELECT username FROM users"

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}
