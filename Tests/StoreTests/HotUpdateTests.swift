import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Store
import Testing

/// What is updated all the time is updated in place: no index is touched, and the version before makes room by itself.
@Suite("Updates of what is used all the time") struct HotUpdateTests {
  /// Enough for many pages of each table.
  private static let rows = 400

  @Test("touch no index: a code that is spent, a token that is renewed, a session and a consent that are used")
  func inPlace() async throws {
    let world = try await World()
    try await Self.fill(world)
    let session = try await Session.open(world.configuration)
    for number in 1...Self.rows {
      let (user, grant) = (try Self.id("user", number), try Self.id("code", number))
      let request = RequestID()
      var entry = AuditEntry(
        id: UUID(), .clientAuthorization, address: "", userAgent: "", request: request)
      entry.userID = UserID(user)
      let issue = Grants.Issue(
        id: UUID(), interaction: nil, request: request, codeHash: Data(UUID().uuidString.utf8), clientID: "app",
        user: UserID(user), session: SessionID(UUID()), scopes: ["openid"], redirectURI: nil, nonce: nil,
        codeChallenge: nil, authTime: Date(), amr: ["phr"], codeLifetimeSeconds: 60, entry: entry)
      #expect(try await session.run(issue).rows.count == 1)
      let spend = Grants.Spend(
        id: grant, request: request, tokenSeconds: 3600, refreshTokenHash: Self.hash("token", number),
        refreshTokenSeconds: 3600)
      #expect(try await session.run(spend).rows.count == 1)
      let rotate = RefreshTokens.Rotate(
        grant: grant, tokenHash: Self.hash("token", number), request: request, proof: "secret",
        successorHash: Self.hash("successor", number), successorSeconds: 3600, tokenSeconds: 7200)
      #expect(try await session.run(rotate).count == 1)
      let slide = Sessions.Slide(id: SessionID(try Self.id("session", number)), idleSeconds: 3600)
      #expect(try await session.run(slide).count == 1)
    }
    try await session.unsafeScript("SELECT pg_stat_force_next_flush()")
    let updates = try await session.run(Updates()).rows
    await session.close()
    let counted = Dictionary(uniqueKeysWithValues: updates.map { ($0.table, $0) })
    let expected = [
      // Spending and renewing.
      "grants": 2 * Self.rows, "refresh_tokens": Self.rows, "sessions": Self.rows, "consents": Self.rows,
    ]
    for (table, count) in expected {
      #expect(counted[table]?.all == count, "\(table)")
      #expect(counted[table]?.inPlace == count, "\(table)")
    }
  }

  @Test("entries of the audit log are written once: sealing changes none of them")
  func sealing() async throws {
    let world = try await World()
    try await world.addEntries(1500)
    let session = try await Session.open(world.configuration)
    #expect(try await session.run(AuditSeals.Take(batch: 1, limit: 1000)).rows.count == 1000)
    #expect(try await session.run(AuditSeals.Take(batch: 2, limit: 1000)).rows.count == 500)
    #expect(try await session.run(AuditSeals.Take(batch: 3, limit: 1000)).rows.isEmpty)
    try await session.unsafeScript("SELECT pg_stat_force_next_flush()")
    #expect(try await session.run(Updates()).rows.first { $0.table == "audit_log" }?.all == 0)
    await session.close()
    let table = Ownership.tables.first { $0.name == "audit_log" }
    for service in Ownership.Service.allCases {
      #expect(
        table?.access(of: service).allSatisfy { if case .update = $0 { false } else { true } } == true, "\(service)")
    }
  }

  private static func id(_ kind: String, _ number: Int) throws -> UUID {
    let digits = "\(number)"
    let text = "\(kind == "user" ? "a" : kind == "code" ? "b" : "c")0000000-0000-4000-8000-"
    return try #require(UUID(uuidString: text + String(repeating: "0", count: 12 - digits.count) + digits))
  }

  private static func hash(_ kind: String, _ number: Int) -> Data { Data("\(kind) \(number)".utf8) }

  /// People with a session, a consent and a code each, as they are when none of it was used yet.
  private static func fill(_ world: World) async throws {
    func id(_ prefix: String) -> String { "('\(prefix)0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid" }
    try await world.sql(
      """
      INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
          requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
        VALUES ('app', 'App', '{}', '{}', true, true, false, false, 60, 60);
      INSERT INTO users (id, username) SELECT \(id("a")), 'user' || n FROM generate_series(1, \(rows)) n;
      INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, last_seen_at, expires_at, ends_at)
        SELECT \(id("c")), sha256(n::text::bytea), \(id("a")), now(), '{phr}', '192.0.2.1', 'Mozilla/5.0',
          now() - interval '2 minutes', now() + interval '1 hour', now() + interval '7 days'
        FROM generate_series(1, \(rows)) n;
      INSERT INTO consents (user_id, client_id, scopes) SELECT \(id("a")), 'app', '{openid}'
        FROM generate_series(1, \(rows)) n;
      INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, auth_time, amr,
          code_expires_at, expires_at)
        SELECT \(id("b")), sha256(n::text::bytea), 'app', \(id("a")), \(id("c")), '{openid,profile,email}',
          'https://app.example/callback', now(), '{phr}', now() + interval '1 minute', now() + interval '1 minute'
        FROM generate_series(1, \(rows)) n;
      """)
  }
}

private struct Updates: Statement {
  struct Row: Sendable {
    let table: String
    let all: Int
    let inPlace: Int
  }

  static let sql = """
    SELECT relname::text, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = current_schema()
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> Row {
    Row(table: try row.next(), all: try row.next(), inPlace: try row.next())
  }
}
