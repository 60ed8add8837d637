import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct FirstStepsTests {
  private func steps(_ browser: Browser) async throws -> Admin.FirstSteps {
    guard case .steps(let steps) = try await browser.world.admin.send(Admin.GetFirstSteps(), browser.call()) else {
      throw WorldFailure("nothing was told")
    }
    return steps
  }

  @Test("after set-up all three are open")
  func open() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await steps(browser) == Admin.FirstSteps(done: [], skipped: []))
    #expect(try await steps(browser).open == Admin.FirstStep.allCases)
  }

  @Test(
    "a step is done when what it is for is there",
    arguments: [
      (
        """
        INSERT INTO passkeys (id, user_id, name, credential_id, public_key, algorithm, sign_count, uv_initialized,
          transports, backup_eligible, backup_state, aaguid, attestation_type, rp_id)
        SELECT gen_random_uuid(), user_id, 'Other', 'other', public_key, algorithm, 0, true, transports, false, false,
          aaguid, attestation_type, rp_id FROM passkeys
        """, Admin.FirstStep.secondWay
      ),
      (
        """
        INSERT INTO one_time_codes (code_hash, user_id, expires_at) SELECT 'x', id, now() + interval '31 days' FROM users
        """, .secondWay
      ),
      ("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'grace')", .firstPerson),
      (
        """
        INSERT INTO signup_tokens (id, token_hash, usage_limit, expires_at)
        VALUES (gen_random_uuid(), 'x', 1, now() + interval '7 days')
        """, .firstPerson
      ),
      (
        """
        INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
          requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
        VALUES ('grafana', 'Grafana', '{}', '{}', false, true, false, false, 60, 60)
        """, .firstApp
      ),
    ])
  func done(sql: String, step: Admin.FirstStep) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.sql(sql)
    #expect(try await steps(browser).done == [step])
  }

  @Test(
    "what is no way back and no invitation does not count",
    arguments: [
      "INSERT INTO one_time_codes (code_hash, user_id, expires_at) SELECT 'x', id, now() + interval '15 minutes' FROM users",
      """
      INSERT INTO one_time_codes (code_hash, user_id, expires_at, used_at)
      SELECT 'x', id, now() + interval '31 days', now() FROM users
      """,
      """
      INSERT INTO signup_tokens (id, token_hash, usage_limit, usage_count, expires_at)
      VALUES (gen_random_uuid(), 'x', 1, 1, now() + interval '7 days')
      """,
    ])
  func notDone(sql: String) async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    try await world.sql(sql)
    #expect(try await steps(browser).done == [])
  }

  @Test("what is put away stays away, once, and is recorded")
  func skipping() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let skip = Admin.SkipFirstSteps(steps: [.firstApp])
    #expect(try await world.admin.send(skip, browser.call()) == .skipped)
    #expect(try await world.admin.send(skip, browser.call()) == .skipped)
    #expect(try await world.admin.send(Admin.SkipFirstSteps(steps: [.secondWay]), browser.call()) == .skipped)
    #expect(try await steps(browser).skipped == [.secondWay, .firstApp])
    #expect(try await steps(browser).open == [.firstPerson])
    try await world.sql(
      """
      DO $$ BEGIN IF (SELECT count(*) FROM audit_log WHERE event = 'SETTINGS_UPDATED') <> 2 THEN
        RAISE EXCEPTION 'recorded otherwise'; END IF; END $$
      """)
  }

  @Test("they are an administrator's")
  func denied() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.admin.send(Admin.GetFirstSteps(), world.call()) == .denied(.notSignedIn))
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.admin.send(Admin.GetFirstSteps(), browser.call()) == .denied(.notAdministrator))
    #expect(try await world.admin.send(Admin.SkipFirstSteps(steps: []), browser.call()) == .denied(.notAdministrator))
  }
}
