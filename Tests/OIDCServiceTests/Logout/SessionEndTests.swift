import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite("What ends with a session")
struct SessionEndTests {
  private struct Surprise: Error {}

  /// An administrator who looks on, and somebody signed in at an app: once as usual, once with offline access.
  private struct House {
    var admin: Browser
    let flow: Flow
    let user: UserID
    let usual: Flow.Answer
    let offline: Flow.Answer

    init() async throws {
      let (first, _) = try await Flow.signedIn()
      admin = first.browser
      let account = Admin.Account(
        profile: Profile(username: "grace", email: "grace@example.com", firstName: "Grace", lastName: "Hopper"),
        emailVerified: true, isAdmin: false, disabled: false)
      guard
        case .created(let grace) = try await first.world.admin.send(Admin.CreateUser(account: account), admin.call())
      else { throw Surprise() }
      var browser = Browser(first.world)
      browser.session = try await first.world.session(of: grace.id)
      flow = Flow(world: first.world, browser: browser, secret: first.secret)
      user = grace.id
      usual = try await flow.exchange(try await flow.code())
      offline = try await flow.exchange(try await flow.code())
      let id = offline.idToken?["jti"]?.string ?? ""
      #expect(!id.isEmpty)
      try await flow.world.sql(
        """
        UPDATE grants SET offline = true
        WHERE id = (SELECT id FROM grants WHERE user_id = '\(grace.id)' ORDER BY issued_at DESC, id LIMIT 1)
        """)
    }

    /// Which of the two still live.
    func live() async throws -> (usual: Bool, offline: Bool) {
      (
        try await flow.userInfo(usual.accessToken).error == nil,
        try await flow.userInfo(offline.accessToken).error == nil
      )
    }

    func told() async throws -> [NoticeRow] { try await flow.world.notices() }
  }

  private enum Way: String, CaseIterable {
    case signOut, one, others, everywhere, byAdministrator, oneByAdministrator, disabled, deleted, consent
  }

  private func end(_ house: inout House, _ way: Way) async throws {
    let (world, mine) = (house.flow.world, house.flow.browser.call())
    var elsewhere = house.flow.browser
    elsewhere.session = try await world.session(of: house.user)
    let session = SessionID(house.usual.sid)
    switch way {
    case .signOut: _ = try await world.auth.send(Auth.SignOut(), mine)
    case .one: _ = try await world.auth.send(Auth.EndSessions(.one(try #require(session))), elsewhere.call())
    case .others: _ = try await world.auth.send(Auth.EndSessions(.others), elsewhere.call())
    case .everywhere: _ = try await world.auth.send(Auth.EndSessions(.everywhere), elsewhere.call())
    case .byAdministrator: _ = try await world.auth.send(Auth.EndSessionsOf(user: house.user), house.admin.call())
    case .oneByAdministrator:
      _ = try await world.auth.send(Auth.EndSessionsOf(user: house.user, session: session), house.admin.call())
    case .disabled:
      let account = Admin.Account(
        profile: Profile(username: "grace", email: "grace@example.com", firstName: "Grace", lastName: "Hopper"),
        emailVerified: true, isAdmin: false, disabled: true)
      _ = try await world.admin.send(Admin.UpdateUser(id: house.user, account: account), house.admin.call())
    case .deleted: _ = try await world.admin.send(Admin.DeleteUser(id: house.user), house.admin.call())
    case .consent: _ = try await world.oidc.send(OIDC.RevokeConsent(clientID: "grafana"), mine)
    }
  }

  @Test("who signs in anew leaves no session behind in that browser; what the old one gave lives on")
  func replaced() async throws {
    var (flow, tokens) = try await Flow.signedIn()
    let before = flow.browser.call()
    try await flow.browser.signIn()
    #expect(try await flow.world.auth.send(Auth.CurrentSession(), before) == .signedOut)
    guard case .signedIn = try await flow.world.auth.send(Auth.CurrentSession(), flow.browser.call()) else {
      throw Surprise()
    }
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
    #expect(try await flow.world.notices().isEmpty)
  }

  @Test("signing out leaves what was given for while one is away; every other end takes all; each tells the app once")
  func ways() async throws {
    for way in Way.allCases {
      var house = try await House()
      #expect(try await house.live() == (true, true))
      try await end(&house, way)
      #expect(try await house.live() == (false, way == .signOut), "\(way)")
      let told = try await house.told()
      #expect(told.map(\.client) == ["grafana"] && told.map(\.user) == [house.user.uuid], "\(way)")
      #expect(told.map(\.session) == [SessionID(house.usual.sid)?.uuid], "\(way)")
    }
  }

  @Test("a session that merely runs out ends nothing and tells nobody, whether or not its row is still there")
  func expiry() async throws {
    let house = try await House()
    try await house.flow.world.sql(
      "UPDATE sessions SET expires_at = now() - interval '1 second', ends_at = now() - interval '1 second'")
    #expect(try await house.live() == (true, true))
    try await house.flow.world.sql("DELETE FROM sessions WHERE ends_at < now()")
    #expect(try await house.live() == (true, true))
    #expect(try await house.told().isEmpty)
  }

  @Test("signing out everywhere reaches what a session of long ago gave")
  func longGone() async throws {
    var house = try await House()
    try await house.flow.world.sql("DELETE FROM sessions WHERE user_id = '\(house.user)'")
    try await end(&house, .everywhere)
    #expect(try await house.live() == (false, false))
    #expect(try await house.told().map(\.session) == [SessionID(house.usual.sid)?.uuid])
  }

  @Test("an ended session is kept while anything that it gave is there, since it says why that is dead")
  func kept() async throws {
    var house = try await House()
    try await end(&house, .signOut)
    try await house.flow.world.sql(
      "UPDATE sessions SET ended_at = now() - interval '2 days', check_at = now() WHERE ended_at IS NOT NULL")
    #expect(try await house.flow.world.removeExpiredSessions() == 0)
    #expect(try await house.live() == (false, true))
    try await house.flow.world.sql(
      "DELETE FROM grants WHERE user_id = '\(house.user)'; UPDATE sessions SET check_at = now()")
    #expect(try await house.flow.world.removeExpiredSessions() == 1)
  }

  @Test("an app whose tokens have expired is told as long as the session goes on")
  func outlived() async throws {
    let (flow, _) = try await Flow.signedIn()
    _ = try await flow.code()
    try await flow.world.sql("UPDATE grants SET expires_at = now() - interval '1 hour', check_at = now()")
    #expect(try await flow.world.removeExpiredGrants() == 1, "the code that nobody redeemed")
    _ = try await flow.world.auth.send(Auth.SignOut(), flow.browser.call())
    #expect(try await flow.world.notices().count == 1)
    try await flow.world.sql("UPDATE grants SET check_at = now()")
    #expect(try await flow.world.removeExpiredGrants() == 1)
  }

  @Test("a sign-out that is repeated tells nobody twice, nor does disabling who has left")
  func once() async throws {
    var house = try await House()
    let id = RequestID()
    for _ in 0..<2 { _ = try await house.flow.world.auth.send(Auth.SignOut(), house.flow.browser.call(id: id)) }
    #expect(try await house.told().count == 1)
    try await house.flow.world.sql("UPDATE grants SET offline = false")
    try await end(&house, .disabled)
    #expect(try await house.told().count == 1)
    try await end(&house, .deleted)
    #expect(try await house.told().count == 1)
  }

  @Test("an app that never redeemed its code, or has no address, is not told")
  func notTold() async throws {
    let (flow, _) = try await Flow.signedIn()
    try await flow.world.sql("UPDATE grants SET spent_at = NULL, spent_by = NULL")
    _ = try await flow.world.auth.send(Auth.SignOut(), flow.browser.call())
    #expect(try await flow.world.notices().isEmpty)
    let plain = try await Flow.start()
    _ = try await plain.exchange(try await plain.code())
    _ = try await plain.world.auth.send(Auth.SignOut(), plain.browser.call())
    #expect(try await plain.world.notices().isEmpty)
  }

  @Test("signing out everywhere is answered again when it is asked again")
  func repeated() async throws {
    let (flow, _) = try await Flow.signedIn()
    let id = RequestID()
    let message = Auth.EndSessions(.everywhere)
    #expect(try await flow.world.auth.send(message, flow.browser.call(id: id)) == .ended(count: 1))
    #expect(try await flow.world.otherAuth.send(message, flow.browser.call(id: id)) == .ended(count: 1))
    #expect(try await flow.world.auth.send(message, flow.browser.call()) == .notSignedIn)
  }
}
