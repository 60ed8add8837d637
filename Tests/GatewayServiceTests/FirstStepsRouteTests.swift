import Encodings
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("First steps")
struct FirstStepsRouteTests {
  private let cookie = ["Cookie": "access_token=t"]

  private func signIn(_ services: FakeServices, _ user: User = Sample.user) {
    services.on(Auth.CurrentSession.self, .signedIn(user, Sample.session))
    services.on(Auth.ListPasskeys.self, .passkeys([Sample.passkey]))
    services.on(Auth.ListSessions.self, .sessions([Sample.session], current: Sample.session.id))
  }

  @Test("set-up ends where the first steps are")
  func setUp() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SetupStatus.self, .open)
      #expect(try await client.get("/setup").text.contains("data-next=\"/settings/start\""))
    }
  }

  @Test("what is open can be done or skipped; what is done says so; what was skipped can still be done")
  func page() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      services.on(Admin.GetFirstSteps.self, .steps(Admin.FirstSteps(done: [.secondWay], skipped: [.firstPerson])))
      let reply = try await client.get("/settings/start", cookie)
      #expect(reply.status == 200)
      #expect(!reply.text.contains("data-recovery") && !reply.text.contains("data-skip=\"firstPerson\""))
      for part in [
        "data-invite", "data-skip=\"firstApp\"", "href=\"/settings/admin/oidc-clients/new\"", "data-dismiss",
      ] {
        #expect(reply.text.contains(part), "\(part)")
      }
      #expect(!reply.text.contains("data-signup-link"), "signing up by a link is off")
      services.on(
        Admin.GetFirstSteps.self, .steps(Admin.FirstSteps(done: Admin.FirstStep.allCases, skipped: [])))
      let done = try await client.get("/settings/start", cookie)
      #expect(!done.text.contains("data-skip=") && !done.text.contains("data-dismiss"))
    }
  }

  @Test("they are an administrator's")
  func denied() async throws {
    try await withGateway { (services, client) async throws in
      #expect(try await client.get("/settings/start")["Location"] == "/login?redirect=%2Fsettings%2Fstart")
      signIn(services)
      services.on(Admin.GetFirstSteps.self, .denied(.notAdministrator))
      #expect(try await client.get("/settings/start", cookie).status == 403)
    }
  }

  @Test("the account page leads there until nothing is open, stands without admin, and asks for administrators only")
  func card() async throws {
    try await withGateway { (services, client) async throws in
      signIn(services)
      services.on(Admin.GetFirstSteps.self, .steps(Admin.FirstSteps(done: [.firstApp], skipped: [])))
      let open = try await client.get("/settings/account", cookie)
      #expect(open.text.contains("href=\"/settings/start\""))
      services.on(
        Admin.GetFirstSteps.self, .steps(Admin.FirstSteps(done: [.firstApp], skipped: [.firstPerson, .secondWay])))
      #expect(try await !client.get("/settings/account", cookie).text.contains("/settings/start"))
      services.fail(Admin.GetFirstSteps.self, .unavailable)
      let alone = try await client.get("/settings/account", cookie)
      #expect(alone.status == 200 && !alone.text.contains("/settings/start"))
      let asked = services.asked(Admin.GetFirstSteps.self).count
      var member = Sample.user
      member.isAdmin = false
      signIn(services, member)
      #expect(try await client.get("/settings/account", cookie).status == 200)
      #expect(services.asked(Admin.GetFirstSteps.self).count == asked)
    }
  }

  @Test("steps are put away by name")
  func skipping() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.SkipFirstSteps.self, .skipped)
      let path = "/api/first-steps/skip"
      #expect(try await client.post(path, ["steps": ["secondWay", "firstApp"]], cookie).status == 204)
      #expect(services.asked(Admin.SkipFirstSteps.self).first?.steps == [.secondWay, .firstApp])
      let odd = try await client.post(path, ["steps": ["dance"]], cookie)
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "steps[0]")
      services.on(Admin.SkipFirstSteps.self, .denied(.notAdministrator))
      #expect(try await client.post(path, ["steps": []], cookie).status == 403)
    }
  }
}
