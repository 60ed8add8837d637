import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceWorld
import Store
import Testing

/// What every sign-in and every token request reads and writes, in a database of a hundred thousand people, ten
/// thousand clients and a million rows that have expired: each statement finds its rows by key, at a cost that the size
/// of the tables has no part in.
@Suite("The plans of the hot statements") struct PlanTests {
  /// Planner's units: one page read out of order is 4, so that this is some fifty look-ups by index. A scan of any of
  /// the large tables costs thousands.
  private static let budget = 250.0

  @Test("find everything by key, however many rows there are")
  func budgets() async throws {
    let world = try await World()
    try await Self.fill(world)
    let reading: [any Statement.Type] = [
      Grants.ForExchange.self, Grants.Live.self, AuthorizationFacts.ForRequest.self,
      Interactions.Read.self, Sessions.Resolve.self, TokenClient.Get.self, RefreshTokens.ForRefresh.self,
      TokenInquiries.Ask.self,
    ]
    // As a service reads: down a lane, whose session plans for look-ups.
    let database = Database(world.configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    for statement in reading {
      Self.check(try await Self.plan(of: statement, by: DatabaseLane(database: database)), of: statement)
    }
    await database.close()
    // As the pool does, with nothing said to the planner but that it may not look at the parameters.
    let writing: [any Statement.Type] = [
      Grants.Issue.self, Grants.Spend.self, RefreshTokens.Rotate.self,
    ]
    // A batch of a hundred rows costs a hundred look-ups, however many have expired or are sealed.
    let batches: [any Statement.Type] = [
      Expired.Sessions.self, Expired.Grants.self, Expired.RefreshTokens.self, Expired.SpentChallenges.self,
      AuditSeals.Take.self,
    ]
    let session = try await Session.open(world.configuration)
    try await session.unsafeScript("SET plan_cache_mode = force_generic_plan")
    for statement in writing {
      Self.check(try await Self.plan(of: statement, by: session), of: statement)
    }
    for statement in batches {
      Self.check(try await Self.plan(of: statement, by: session), of: statement, within: Self.budget * 20)
    }
    await session.close()
  }

  /// A node of a plan and all below it.
  private struct Node: Decodable {
    let kind: String
    let relation: String?
    let condition: String?
    let cost: Double
    let plans: [Node]?

    enum CodingKeys: String, CodingKey {
      case kind = "Node Type"
      case relation = "Relation Name"
      case condition = "Index Cond"
      case cost = "Total Cost"
      case plans = "Plans"
    }

    var all: [Node] { [self] + (plans ?? []).flatMap(\.all) }
  }

  private struct Explained: Decodable {
    let plan: Node

    enum CodingKeys: String, CodingKey { case plan = "Plan" }
  }

  private static let largeTables: Set = [
    "users", "clients", "consents", "sessions", "grants", "refresh_tokens", "spent_challenges",
    "user_groups_users", "client_secrets", "audit_log", "audit_sealed",
  ]

  private static func check(_ plan: Node, of statement: any Statement.Type, within budget: Double = budget) {
    for node in plan.all {
      if let relation = node.relation, largeTables.contains(relation) {
        #expect(node.kind != "Seq Scan", "\(statement) reads all of \(relation)")
        if node.kind.hasPrefix("Index") {
          #expect(node.condition != nil, "\(statement) reads an index of \(relation) from end to end")
        }
      }
      #expect(node.kind != "Hash Join", "\(statement) builds a hash")
    }
    // Where the planner is told to keep from scanning, it adds 10^10 for tables that have no index, which are of a row
    // or two.
    let cost = plan.cost.truncatingRemainder(dividingBy: 1e10)
    #expect(cost < budget, "\(statement)")
  }

  private static func plan(of statement: any Statement.Type, by connection: some OneConnection) async throws -> Node {
    func plan<S: Statement>(of _: S.Type) async throws -> Node {
      _ = try await connection.rows(of: Prepare<S>())
      let text = try #require(try await connection.rows(of: Explain<S>()).first)
      return try #require(try JSONDecoder().decode([Explained].self, from: Data(text.utf8)).first).plan
    }
    return try await plan(of: statement)
  }

  /// Rows as the product writes them. Foreign keys are not checked, which would take most of the time.
  private static func fill(_ world: World) async throws {
    func hash(_ kind: String) -> String { "sha256(convert_to('\(kind)' || n, 'UTF8'))" }
    func id(_ kind: String, _ number: String = "n") -> String { "md5('\(kind)' || \(number))::uuid" }
    let past = "now() - interval '2 days'"
    try await world.sql(
      """
      SET session_replication_role = replica;
      INSERT INTO users (id, username) SELECT \(id("user")), 'user' || n FROM generate_series(1, 100000) n;
      INSERT INTO user_groups (id, name, friendly_name)
        SELECT \(id("group")), 'group' || n, 'Group' FROM generate_series(1, 100) n;
      INSERT INTO user_groups_users (group_id, user_id)
        SELECT \(id("group", "(n % 100 + 1)")), \(id("user")) FROM generate_series(1, 100000) n;
      INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
          requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
        SELECT 'client' || n, 'Client', '{https://a.example/}', '{}', false, true, false, false, 60, 60
        FROM generate_series(1, 10000) n;
      INSERT INTO client_secrets (id, client_id, algorithm, hash, prefix)
        SELECT \(id("secret")), 'client' || n, 'sha256', \(hash("secret")), 'abc' FROM generate_series(1, 10000) n;
      INSERT INTO consents (user_id, client_id, scopes)
        SELECT \(id("user")), 'client' || (n % 10000 + 1), '{openid}' FROM generate_series(1, 100000) n;
      INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at, ended_at)
        SELECT \(id("session")), \(hash("session")), \(id("user", "(n % 100000 + 1)")), \(past), '{phr}', '', '', \(past),
          \(past), CASE WHEN n % 4 = 0 THEN \(past) END
        FROM generate_series(1, 250000) n;
      INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, auth_time, amr,
          code_expires_at, expires_at)
        SELECT \(id("code")), \(hash("code")), 'client' || (n % 10000 + 1), \(id("user", "(n % 100000 + 1)")),
          \(id("session")), '{openid}', \(past), '{phr}', \(past), \(past)
        FROM generate_series(1, 250000) n;
      INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
        SELECT \(hash("refresh")), \(id("code")), 0, \(past) FROM generate_series(1, 250000) n;
      INSERT INTO spent_challenges (challenge_hash, request_id, expires_at)
        SELECT \(hash("challenge")), '', \(past) FROM generate_series(1, 250000) n;
      INSERT INTO audit_log (id, created_at, event, address, user_agent, request_id)
        SELECT \(id("entry")), \(past), 'SIGN_IN', '', '', '' FROM generate_series(1, 250000) n;
      INSERT INTO audit_sealed (seq, batch) SELECT seq, seq / 1000 + 1 FROM audit_log;
      INSERT INTO audit_seals (batch, entries, first_at, last_at, sealed_at, content_hash, seal, through)
        SELECT batch, count(*), \(past), \(past), \(past), '', '', max(seq) FROM audit_sealed GROUP BY batch;
      ANALYZE;
      """)
  }
}

/// Statements that follow each other in one session of the server.
private protocol OneConnection {
  func rows<S: Statement>(of statement: S) async throws -> [S.Row]
}

/// A database's one lane.
private struct DatabaseLane: OneConnection {
  let database: Database

  func rows<S: Statement>(of statement: S) async throws -> [S.Row] { try await database.read(statement) }
}

extension Session: OneConnection {
  fileprivate func rows<S: Statement>(of statement: S) async throws -> [S.Row] { try await run(statement).rows }
}

/// Has the server prepare a statement under its name, beside what the driver prepares.
private struct Prepare<S: Statement>: Statement {
  static var sql: String { "PREPARE \(planName(S.self)) AS \(S.sql)" }
}

private struct Explain<S: Statement>: Statement {
  static var sql: String {
    let parameters = (1...64).last { S.sql.contains("$\($0)") } ?? 0
    let nulls = repeatElement("NULL", count: parameters).joined(separator: ", ")
    return "EXPLAIN (FORMAT JSON) EXECUTE \(planName(S.self))" + (parameters > 0 ? "(\(nulls))" : "")
  }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

private func planName(_ statement: any Statement.Type) -> String {
  "plan_" + String(reflecting: statement).filter { $0.isLetter || $0.isNumber }.lowercased().suffix(50)
}
