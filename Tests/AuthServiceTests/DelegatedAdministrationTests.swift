import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct DelegatedAdministrationTests {
  private func world() async throws -> (world: World, browser: Browser, ada: User) {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    return (world, browser, ada)
  }

  @Test("an administrator sees a passkey that was lost and removes it, be it the last, and the record says which")
  func passkeys() async throws {
    let (world, browser, ada) = try await world()
    let (admin, auth) = (try await world.call(key: "a key", of: ada.id), world.auth)
    guard case .passkeys(let passkeys) = try await auth.send(Auth.ListPasskeysOf(user: ada.id), admin),
      let passkey = passkeys.first
    else {
      Issue.record("there is no passkey")
      return
    }
    #expect(try await auth.send(Auth.ListPasskeys(), browser.call()) == .passkeys(passkeys))
    let elsewhere = Auth.RemovePasskeyOf(user: UserID(passkey.id.uuid), id: passkey.id)
    #expect(try await auth.send(elsewhere, admin) == .notFound)
    let remove = Auth.RemovePasskeyOf(user: ada.id, id: passkey.id)
    #expect(try await auth.send(remove, admin) == .removed)
    #expect(try await auth.send(remove, admin) == .removed, "the same request repeats its outcome")
    let later = try await world.call(key: "another key", of: ada.id)
    #expect(try await auth.send(remove, later) == .notFound)
    #expect(try await auth.send(Auth.ListPasskeysOf(user: ada.id), admin) == .passkeys([]))
    #expect(try await world.recorded(.passkeyRemoved) == 1)
  }

  @Test("whoever is nobody because they are disabled is told apart from whoever brings nothing that counted")
  func whyNobody() async throws {
    let (world, browser, ada) = try await world()
    let session = world.call(session: try await world.session(of: ada.id))
    let ended = world.call(session: try await world.session(of: ada.id))
    let key = try await world.call(key: "a key", of: ada.id)
    func why(_ calls: Call...) async throws -> [Auth.WhyNobody.Response] {
      var reasons: [Auth.WhyNobody.Response] = []
      for call in calls { reasons.append(try await world.auth.send(Auth.WhyNobody(), call)) }
      return reasons
    }
    #expect(try await why(session, key, world.call()) == [.other, .other, .other])
    _ = try await world.auth.send(Auth.SignOut(), ended)
    try await world.sql(
      """
      UPDATE users SET disabled = true;
      UPDATE sessions SET ended_at = now(), ended_reason = 'user_disabled' WHERE ended_at IS NULL
      """)
    #expect(try await why(session, key, browser.call()) == [.disabled, .disabled, .disabled])
    #expect(try await why(ended, world.call()) == [.other, .other])
    try await world.sql("UPDATE api_keys SET expires_at = now(); UPDATE sessions SET expires_at = now()")
    #expect(try await why(session, key) == [.other, .other])
  }

  @Test("one session or all of another person end at once")
  func sessions() async throws {
    let (world, browser, ada) = try await world()
    let (first, second) = (try await world.session(of: ada.id), try await world.session(of: ada.id))
    let admin = try await world.call(key: "a key", of: ada.id)
    guard case .sessions(let sessions) = try await world.auth.send(Auth.ListSessionsOf(user: ada.id), admin) else {
      Issue.record("there are no sessions")
      return
    }
    #expect(sessions.count == 3)
    guard case .signedIn(_, let mine) = try await world.auth.send(Auth.CurrentSession(), world.call(session: first))
    else {
      Issue.record("the session does not live")
      return
    }
    let end = Auth.EndSessionsOf(user: ada.id, session: mine.id)
    #expect(try await world.auth.send(end, admin) == .ended(count: 1))
    #expect(try await world.auth.send(Auth.CurrentSession(), world.call(session: first)) == .signedOut)
    #expect(try await world.auth.send(end, browser.call()) == .notFound)
    #expect(try await world.auth.send(Auth.EndSessionsOf(user: ada.id), browser.call()) == .ended(count: 2))
    #expect(try await world.auth.send(Auth.CurrentSession(), world.call(session: second)) == .signedOut)
    #expect(try await world.recorded(.sessionEnded) == 2)
  }

  @Test("nobody but an administrator does either")
  func denied() async throws {
    let (world, browser, ada) = try await world()
    try await world.sql("UPDATE users SET is_admin = false")
    for (call, denial) in [(world.call(), Admin.Denial.notSignedIn), (browser.call(), .notAdministrator)] {
      #expect(try await world.auth.send(Auth.ListPasskeysOf(user: ada.id), call) == .denied(denial))
      let remove = Auth.RemovePasskeyOf(user: ada.id, id: PasskeyID(ada.id.uuid))
      #expect(try await world.auth.send(remove, call) == .denied(denial))
      #expect(try await world.auth.send(Auth.ListSessionsOf(user: ada.id), call) == .denied(denial))
      #expect(try await world.auth.send(Auth.EndSessionsOf(user: ada.id), call) == .denied(denial))
    }
  }
}
