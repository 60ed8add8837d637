import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Store
import Testing

/// What a refresh token lives by, all of it read again whenever one is used (CVE-2026-43983), and what ends it.
@Suite struct RefreshLifeTests {
  /// What may happen to a grant, and who survives it.
  struct Event: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    /// Whether tokens live on, without and with offline access.
    let survives: (plain: Bool, offline: Bool)

    var testDescription: String { name }
  }

  static let events = [
    Event(name: "nothing", sql: "SELECT 1", survives: (true, true)),
    Event(name: "user disabled", sql: "UPDATE users SET disabled = true", survives: (false, false)),
    Event(name: "user deleted", sql: "DELETE FROM users", survives: (false, false)),
    Event(name: "consent withdrawn", sql: "DELETE FROM consents", survives: (false, false)),
    Event(
      name: "consent withdrawn and given again", sql: "UPDATE consents SET created_at = now() + interval '1 second'",
      survives: (false, false)),
    Event(
      name: "app restricted to groups", sql: "UPDATE clients SET is_group_restricted = true", survives: (false, false)),
    Event(name: "authorization ended", sql: "UPDATE grants SET ended_at = now()", survives: (false, false)),
    Event(
      name: "session expired", sql: "UPDATE sessions SET expires_at = now() - interval '1 hour'", survives: (true, true)
    ),
    Event(
      name: "session over, and its row removed",
      sql: "DELETE FROM sessions",
      survives: (true, true)),
    Event(
      name: "signed out", sql: "UPDATE sessions SET ended_at = now(), ended_reason = 'signed_out'",
      survives: (false, true)),
    Event(
      name: "session revoked", sql: "UPDATE sessions SET ended_at = now(), ended_reason = 'revoked'",
      survives: (false, false)),
    Event(
      name: "session ended for any other reason", sql: "UPDATE sessions SET ended_at = now()", survives: (false, false)),
  ]

  @Test("a refresh, and what was given before, live exactly as long as what was agreed to", arguments: events)
  func life(_ event: Event) async throws {
    for offline in [false, true] {
      let flow = try await Flow.start()
      let first = try await flow.tokens(["scope": offline ? "openid offline_access" : "openid"])
      let second = try await flow.refresh(first.refreshToken)
      try await flow.world.sql(event.sql)
      let survives = offline ? event.survives.offline : event.survives.plain
      for (name, error) in [
        ("refresh", try await flow.refresh(second.refreshToken).error),
        ("a lost answer", try await flow.refresh(second.refreshToken).error),
        ("userinfo", try await flow.userInfo(first.accessToken).error),
        ("introspection", try await flow.isActive(second.accessToken) ? nil : "inactive"),
      ] {
        #expect((error == nil) == survives, "\(name), offline: \(offline): \(error ?? "lives")")
      }
      // It was no reuse: nobody is accused.
      #expect(try await flow.world.recorded(.tokenReused) == 0)
    }
  }

  @Test("with its client everything is gone")
  func clientDeleted() async throws {
    let flow = try await Flow.start()
    let first = try await flow.tokens()
    try await flow.world.sql("DELETE FROM clients")
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_client")
    #expect(try await flow.userInfo(first.accessToken).error == "invalid_token")
  }

  @Test("who leaves the group that an app is for is refused, and comes back with it")
  func group() async throws {
    let flow = try await Flow.start { $0.isGroupRestricted = true }
    try await flow.world.sql(
      """
      INSERT INTO user_groups (id, name, friendly_name) VALUES (gen_random_uuid(), 'family', 'Family');
      INSERT INTO clients_allowed_groups SELECT 'grafana', id FROM user_groups;
      INSERT INTO user_groups_users SELECT g.id, u.id FROM user_groups g, users u
      """)
    let first = try await flow.tokens(["scope": "openid groups"])
    #expect(first.idToken?["groups"] == ["family"])
    try await flow.world.sql("DELETE FROM user_groups_users")
    #expect(try await flow.refresh(first.refreshToken).error == "invalid_grant")
    try await flow.world.sql("INSERT INTO user_groups_users SELECT g.id, u.id FROM user_groups g, users u")
    #expect(try await flow.refresh(first.refreshToken).error == nil)
  }

  @Test("what has ended stays ended when expired rows have gone, and what lives is kept")
  func housekeeping() async throws {
    let flow = try await Flow.start()
    let ended = try await flow.tokens()
    try await flow.world.sql(
      """
      UPDATE sessions SET ended_at = now() - interval '2 days', ended_reason = 'signed_out',
        ends_at = now() - interval '1 day', expires_at = now() - interval '1 day', check_at = now()
      """)
    var flowAgain = flow
    try await flowAgain.browser.signIn()
    let living = try await flowAgain.tokens()
    try await flow.world.sql(
      """
      UPDATE grants SET code_expires_at = now() - interval '1 day', check_at = now();
      INSERT INTO revoked_tokens VALUES ('old', now() - interval '1 hour'), ('young', now() + interval '1 hour')
      """)
    let database = flow.world.database
    #expect(try await database.write(Expired.Sessions()).count == 0)
    #expect(try await database.write(Expired.RefreshTokens()).count == 0)
    #expect(try await database.write(Expired.RevokedTokens()).count == 1)
    #expect(try await database.write(Expired.Grants()).count == 0)
    #expect(try await flow.refresh(ended.refreshToken).error == "invalid_grant")
    #expect(try await flow.refresh(living.refreshToken).error == nil)
    try await flow.world.sql(
      """
      UPDATE refresh_tokens SET expires_at = now() - interval '1 second';
      UPDATE grants SET expires_at = now() - interval '1 hour', check_at = now();
      UPDATE sessions SET check_at = now()
      """)
    #expect(try await database.write(Expired.RefreshTokens()).count == 3)
    // What the session that goes on gave stays, so that its app can be told when it ends.
    #expect(try await database.write(Expired.Grants()).count == 1)
    // Once nothing is left that could be believed, the session goes too.
    #expect(try await database.write(Expired.Sessions()).count == 1)
  }
}
