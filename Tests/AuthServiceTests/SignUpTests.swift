import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import TestKit
import Testing

@Suite struct SignUpTests {
  private func profile(_ name: String) -> Profile {
    Profile(username: name, email: "\(name)@example.com", firstName: name.capitalized, lastName: "")
  }

  private func link(_ world: World, _ admin: Browser, uses: Int = 1, groups: [GroupID] = []) async throws -> Secret {
    let create = Admin.CreateSignupLink(lifetimeSeconds: 3600, usageLimit: uses, groups: groups)
    guard case .created(let link) = try await world.admin.send(create, admin.call()) else {
      throw WorldFailure("no link was made")
    }
    return link.token
  }

  /// A world whose administrator is signed in at a browser.
  private func world(_ mode: String) async throws -> (World, Browser) {
    let world = try await World()
    var admin = Browser(world)
    try await admin.setUp()
    try await world.choose(["allowUserSignups": mode])
    return (world, admin)
  }

  @Test(
    "a link makes an account, once, with its groups, and a session without any method that may add the first passkey")
  func byLink() async throws {
    let (world, admin) = try await world("withToken")
    let group = GroupID(UUID())
    try await world.sql("INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(group)', 'family', 'Family')")
    let token = try await link(world, admin, groups: [group])
    #expect(try await world.auth.send(Auth.SignUpStatus(link: token), world.call()) == .open)
    var person = Browser(world)
    guard
      case .signedUp(let signedIn) = try await world.auth.send(
        Auth.SignUp(profile: profile("grace"), link: token), person.call())
    else {
      Issue.record("nobody signed up")
      return
    }
    #expect(!signedIn.user.isAdmin && !signedIn.user.emailVerified && signedIn.user.displayName == "Grace")
    person.session = signedIn.token
    guard case .signedIn(_, let session) = try await world.auth.send(Auth.CurrentSession(), person.call()) else {
      Issue.record("there is no session")
      return
    }
    #expect(session.amr == [])
    #expect(try await world.recorded(.accountCreated) == 2)
    #expect(try await memberships(world) == 1)
    // Used up: another is refused, whatever they are called.
    #expect(try await world.auth.send(Auth.SignUpStatus(link: token), world.call()) == .linkInvalid)
    #expect(
      try await world.auth.send(Auth.SignUp(profile: profile("eve"), link: token), world.call()) == .linkInvalid)

    guard case .begun(let ceremony) = try await world.auth.send(Auth.BeginPasskey(), person.call()) else {
      Issue.record("the first passkey was not begun")
      return
    }
    let answer = Auth.CeremonyAnswer(
      credential: try person.authenticator.create(ceremony.options), state: ceremony.state)
    guard case .added = try await world.auth.send(Auth.FinishPasskey(answer: answer), person.call()) else {
      Issue.record("the first passkey was not added")
      return
    }
    // The proof was for one.
    #expect(try await world.auth.send(Auth.BeginPasskey(), person.call()) == .proofRequired)
    guard case .signedIn = try await person.signIn() else {
      Issue.record("the passkey does not sign in")
      return
    }
  }

  @Test("the proof that comes with an account adds a passkey and nothing else, and runs out")
  func proofOfFirstPasskey() async throws {
    let (world, _) = try await world("open")
    var person = Browser(world)
    guard
      case .signedUp(let signedIn) = try await world.auth.send(
        Auth.SignUp(profile: profile("grace"), link: nil), person.call())
    else { return }
    person.session = signedIn.token
    try await world.sql("UPDATE users SET is_admin = true")
    #expect(
      try await world.auth.send(Auth.CreateOneTimeCode(user: signedIn.user.id, lifetimeSeconds: 60), person.call())
        == .denied(.proofRequired))
    #expect(try await world.auth.send(Auth.ProveBySignIn(purpose: .oneTimeLink), person.call()) == .stale)
    try await world.sql("UPDATE proofs SET expires_at = now()")
    #expect(try await world.auth.send(Auth.BeginPasskey(), person.call()) == .proofRequired)
  }

  @Test("of many who want a link's last uses, on two instances, exactly so many get one")
  func race() async throws {
    let (world, admin) = try await world("withToken")
    let token = try await link(world, admin, uses: 3)
    let outcomes = try await withThrowingTaskGroup(of: Auth.SignUp.Response.self) { group in
      for number in 0..<10 {
        group.addTask {
          let auth = number.isMultiple(of: 2) ? world.auth : world.otherAuth
          return try await auth.send(Auth.SignUp(profile: profile("user\(number)"), link: token), world.call())
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { if case .signedUp = $0 { true } else { false } } == 3)
    #expect(outcomes.count { $0 == .linkInvalid } == 7)
  }

  @Test("the same request, sent again to another instance, is told the same account and uses the link once")
  func replay() async throws {
    let (world, admin) = try await world("withToken")
    let token = try await link(world, admin, uses: 2)
    let id = RequestID()
    let sign = Auth.SignUp(profile: profile("grace"), link: token)
    guard case .signedUp(let one) = try await world.auth.send(sign, world.call(id: id)),
      case .signedUp(let two) = try await world.otherAuth.send(sign, world.call(id: id))
    else {
      Issue.record("it was refused")
      return
    }
    #expect(one.token == two.token && one.user.id == two.user.id)
    #expect(try await world.auth.send(Auth.SignUpStatus(link: token), world.call()) == .open)
    guard case .taken(let problems) = try await world.auth.send(sign, world.call()) else {
      Issue.record("the name was given twice")
      return
    }
    #expect(problems.map(\.field) == ["username"])
    // A name that was taken used nothing up.
    #expect(try await world.auth.send(Auth.SignUpStatus(link: token), world.call()) == .open)
  }

  @Test("a name or address in use, in whatever case, or given up a moment ago, is refused at its field")
  func taken() async throws {
    let (world, _) = try await world("open")
    func fields(_ profile: Profile) async throws -> [String] {
      guard
        case .taken(let problems) = try await world.auth.send(Auth.SignUp(profile: profile, link: nil), world.call())
      else { return ["accepted"] }
      return problems.map(\.field)
    }
    #expect(
      try await fields(Profile(username: "ADA", email: "x@example.com", firstName: "", lastName: "")) == ["username"])
    #expect(
      try await fields(Profile(username: "bo", email: "ADA@Example.com", firstName: "", lastName: "")) == ["email"])
    // Whoever matches by name would take her for Ada.
    #expect(
      try await fields(Profile(username: "Ada@example.com", email: "x@example.com", firstName: "", lastName: ""))
        == ["username"])
    try await world.sql("UPDATE users SET username = 'ada@work.example' WHERE username = 'ada'")
    #expect(
      try await fields(Profile(username: "bo", email: "ada@work.example", firstName: "", lastName: "")) == ["email"])
    try await world.sql(
      """
      INSERT INTO retired_names (kind, name, user_id, free_at)
      VALUES ('username', 'cleo', gen_random_uuid(), now() + interval '1 day'),
        ('email', 'old@example.com', gen_random_uuid(), now() - interval '1 day'),
        ('email', 'eve@example.com', gen_random_uuid(), now() + interval '1 day')
      """)
    #expect(
      try await fields(Profile(username: "Eve@example.com", email: "x@example.com", firstName: "", lastName: ""))
        == ["username"])
    #expect(try await fields(profile("Cleo")) == ["username"])
    #expect(
      try await fields(Profile(username: "dora", email: "old@example.com", firstName: "", lastName: "")) == ["accepted"]
    )
  }

  @Test("sign-up is closed, by link or open, as the settings say; a link counts whatever they say")
  func modes() async throws {
    let (world, admin) = try await world("withToken")
    let token = try await link(world, admin, uses: 5)
    #expect(try await world.auth.send(Auth.SignUpStatus(link: nil), world.call()) == .linkNeeded)
    #expect(try await world.auth.send(Auth.SignUp(profile: profile("grace"), link: nil), world.call()) == .closed)
    #expect(
      try await world.auth.send(Auth.SignUp(profile: profile("grace"), link: Secret("AAAA")), world.call())
        == .linkInvalid)
    try await world.choose(["allowUserSignups": "disabled"])
    #expect(try await world.auth.send(Auth.SignUpStatus(link: token), world.call()) == .open)
    guard case .signedUp = try await world.auth.send(Auth.SignUp(profile: profile("hedy"), link: token), world.call())
    else {
      Issue.record("the link did not count")
      return
    }
    #expect(try await world.auth.send(Auth.SignUpStatus(link: nil), world.call()) == .closed)
    #expect(try await world.auth.send(Auth.SignUp(profile: profile("grace"), link: nil), world.call()) == .closed)
    try await world.sql("UPDATE signup_tokens SET expires_at = now()")
    #expect(
      try await world.auth.send(Auth.SignUp(profile: profile("grace"), link: token), world.call()) == .linkInvalid)
    try await world.choose(["allowUserSignups": "open"])
    #expect(try await world.auth.send(Auth.SignUpStatus(link: nil), world.call()) == .open)
  }

  @Test("a link that was deleted lets nobody in")
  func deleted() async throws {
    let (world, admin) = try await world("withToken")
    let token = try await link(world, admin, uses: 5)
    guard case .links(let page) = try await world.admin.send(Admin.ListSignupLinks(page: .init()), admin.call()),
      let id = page.items.first?.id
    else {
      Issue.record("it is not listed")
      return
    }
    #expect(try await world.admin.send(Admin.DeleteSignupLink(id: id), admin.call()) == .deleted)
    #expect(try await world.admin.send(Admin.DeleteSignupLink(id: id), admin.call()) == .notFound)
    #expect(
      try await world.auth.send(Auth.SignUp(profile: profile("grace"), link: token), world.call()) == .linkInvalid)
    #expect(try await world.recorded(.signupLinkDeleted) == 1)
  }

  @Test(
    "the settings say whether an address is needed and counts as proven, and which groups and claims everybody gets")
  func defaults() async throws {
    let (world, _) = try await world("open")
    let nameless = Profile(username: "grace", email: nil, firstName: "", lastName: "")
    guard
      case .invalid(let problems) = try await world.auth.send(Auth.SignUp(profile: nameless, link: nil), world.call())
    else {
      Issue.record("an address was not asked for")
      return
    }
    #expect(problems.map(\.field) == ["email"])
    let group = UUID()
    try await world.sql("INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(group)', 'all', 'All')")
    try await world.choose([
      "emailsVerified": "true", "signupDefaultUserGroupIDs": "[\"\(group)\", \"\(UUID())\"]",
      "signupDefaultCustomClaims": #"[{"key":"tier","value":"basic"},{"key":"tier","value":"twice"}]"#,
    ])
    guard
      case .signedUp(let signedIn) = try await world.auth.send(
        Auth.SignUp(profile: profile("grace"), link: nil), world.call())
    else {
      Issue.record("nobody signed up")
      return
    }
    #expect(signedIn.user.emailVerified)
    #expect(try await memberships(world) == 1)
    try await world.choose(["requireUserEmail": "false"])
    let bo = Profile(username: "bo", email: nil, firstName: "", lastName: "")
    guard case .signedUp(let without) = try await world.auth.send(Auth.SignUp(profile: bo, link: nil), world.call())
    else {
      Issue.record("an address was asked for")
      return
    }
    #expect(!without.user.emailVerified)
  }

  @Test("a session lives as long as the administrator chose")
  func sessionLength() async throws {
    let (world, _) = try await world("open")
    try await world.choose(["sessionDuration": "20160"])
    guard
      case .signedUp(let signedIn) = try await world.auth.send(
        Auth.SignUp(profile: profile("grace"), link: nil), world.call())
    else { return }
    #expect(abs(signedIn.endsAt.timeIntervalSince(world.clock.now()) - 14 * 24 * 3600) < 1)
    guard
      case .signedIn(_, let session) = try await world.auth.send(
        Auth.CurrentSession(), world.call(session: signedIn.token))
    else { return }
    #expect(abs(session.expiresAt.timeIntervalSinceNow - 14 * 24 * 3600) < 60)
    try await world.choose(["sessionDuration": "5"])
    try await world.sql("UPDATE sessions SET last_seen_at = now() - interval '2 minutes'")
    _ = try await world.auth.send(Auth.CurrentSession(), world.call(session: signedIn.token))
    guard
      case .signedIn(_, let slid) = try await world.auth.send(
        Auth.CurrentSession(), world.call(session: signedIn.token))
    else { return }
    #expect(abs(slid.expiresAt.timeIntervalSinceNow - 300) < 60)
  }

  private func memberships(_ world: World) async throws -> Int64? {
    try await world.database.read(MembershipCount()).first
  }
}
