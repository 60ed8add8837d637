import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

/// Who may use a restricted app: asked of the store at authorize, token and userinfo.
@Suite struct GroupAccessTests {
  /// A client that only the group `family` may use; the administrator of the flow is in it if `member`.
  private func restricted(
    member: Bool = true, _ change: (inout Admin.ClientSettings) -> Void = { _ in }
  ) async throws -> (flow: Flow, group: GroupID, user: UserID) {
    let flow = try await Flow.start { settings in
      settings.isGroupRestricted = true
      settings.launchURL = "https://grafana.example.com"
      change(&settings)
    }
    let admin = flow.world.admin
    guard
      case .signedIn(let user, _) = try await flow.world.auth.send(Auth.CurrentSession(), flow.browser.call()),
      case .changed(let made) = try await admin.send(
        Admin.CreateGroup(name: "family", friendlyName: "Family"), flow.browser.call())
    else { throw Surprise() }
    let id = made.group.id
    _ = try await admin.send(Admin.SetAllowedGroups(clientID: "grafana", groups: [id]), flow.browser.call())
    if member {
      _ = try await admin.send(Admin.ChangeMember(id: id, user: user.id, isMember: true), flow.browser.call())
    }
    return (flow, id, user.id)
  }

  private struct Surprise: Error {}

  @Test("a member comes through to tokens, and the groups claim says so")
  func member() async throws {
    let (flow, _, _) = try await restricted()
    let tokens = try await flow.exchange(try await flow.code(["scope": "openid groups"]))
    #expect(tokens.idToken?["groups"] == ["family"])
    #expect(try await flow.userInfo(tokens.accessToken).tokens?["groups"] == ["family"])
  }

  @Test("a person outside gets a page with a way back; under prompt=none the client gets access_denied")
  func outside() async throws {
    let (flow, _, user) = try await restricted(member: false)
    let denied = OIDC.PageRefusal.notAllowed(clientName: "Grafana", launchURL: "https://grafana.example.com")
    #expect(try await flow.authorize() == .page(denied))
    let silent = try await flow.redirect(["prompt": "none"])
    #expect(silent["error"] == "access_denied" && silent["code"] == nil && silent["state"] == "s1")
    let entries = try await flow.world.recorded().filter { $0.event == "CLIENT_AUTHORIZATION_REFUSED" }
    #expect(entries.count == 2 && entries.allSatisfy { $0.userID == user.uuid })
    #expect(entries.first?.data.contains("access_denied") == true)
  }

  @Test("a restricted app without any group admits nobody, administrators among them")
  func emptyList() async throws {
    let (flow, _, _) = try await restricted()
    _ = try await flow.world.admin.send(Admin.SetAllowedGroups(clientID: "grafana", groups: []), flow.browser.call())
    #expect(
      try await flow.authorize()
        == .page(.notAllowed(clientName: "Grafana", launchURL: "https://grafana.example.com")))
  }

  @Test("an app that is not restricted asks for no group, whatever its list says")
  func unrestricted() async throws {
    let (flow, _, _) = try await restricted(member: false) { $0.isGroupRestricted = false }
    #expect(try await flow.redirect()["code"] != nil)
  }

  // CVE-2026-43983: what was given before counts for nothing once the person may no longer use the app.
  @Test(
    "between code and token, and between token and userinfo, membership is asked again",
    arguments: [
      "DELETE FROM user_groups_users", "DELETE FROM clients_allowed_groups", "DELETE FROM user_groups",
      "UPDATE users SET disabled = true", "DELETE FROM consents",
    ])
  func later(_ death: String) async throws {
    let (flow, _, user) = try await restricted()
    let tokens = try await flow.exchange(try await flow.code())
    let code = try await flow.code()
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
    try await flow.world.sql(death)
    #expect(try await flow.exchange(code).error == "invalid_grant")
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    let refusals = try await flow.world.recorded().filter { $0.event == "TOKEN_REFUSED" }
    #expect(refusals.count == 2 && refusals.allSatisfy { $0.userID == user.uuid })
  }

  @Test("turning a restriction on ends the tokens of those outside")
  func restrictedLater() async throws {
    let (flow, _, _) = try await restricted(member: false) { $0.isGroupRestricted = false }
    let tokens = try await flow.exchange(try await flow.code())
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
    try await flow.world.sql("UPDATE clients SET is_group_restricted = true")
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    // And whoever is taken in again goes on: validity is read, never pushed.
    try await flow.world.sql("UPDATE clients SET is_group_restricted = false")
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
  }

  @Test("somebody turned away within an interaction may come in with another account")
  func anotherAccount() async throws {
    var (flow, _, _) = try await restricted(member: false)
    let session = flow.browser.session
    flow.browser.session = nil
    guard case .interact(let handle) = try await flow.authorize() else { throw Surprise() }
    flow.browser.session = session
    let denied = OIDC.Progress.page(
      .notAllowed(clientName: "Grafana", launchURL: "https://grafana.example.com"))
    let complete = OIDC.CompleteStep(handle, step: .authenticate)
    #expect(try await flow.world.oidc.send(complete, flow.browser.call()) == denied)
    #expect(try await flow.world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call()) == denied)
    // As another account that is in the group would.
    try await flow.world.sql(
      "INSERT INTO user_groups_users (group_id, user_id) SELECT g.id, u.id FROM user_groups g, users u")
    guard case .step(let step) = try await flow.world.oidc.send(OIDC.ViewInteraction(handle), flow.browser.call())
    else {
      throw Surprise()
    }
    #expect(step.currentStep == .consent)
  }

  // GHSA-2wvm-8mvp-22qv: prompt=none must not make of an error page a redirect to wherever one likes.
  @Test(
    "prompt=none sends nobody to an address that is not registered",
    arguments: [
      "https://evil.example/", "https://grafana.example.com@evil.example/callback", "//evil.example",
      "javascript:alert(1)",
    ])
  func openRedirect(_ uri: String) async throws {
    let (flow, _, _) = try await restricted(member: false)
    guard case .page = try await flow.authorize(["prompt": "none", "redirect_uri": uri]) else {
      Issue.record("\(uri) was followed")
      return
    }
    var anonymous = flow
    anonymous.browser.session = nil
    guard case .page = try await anonymous.authorize(["prompt": "none", "redirect_uri": uri]) else {
      Issue.record("\(uri) was followed without a session")
      return
    }
  }

  @Test("a flood of refusals writes a bounded number of entries")
  func bounded() async throws {
    let (flow, _, _) = try await restricted(member: false)
    for _ in 0..<25 { _ = try await flow.authorize() }
    #expect(try await flow.world.recorded(.clientAuthorizationRefused) <= 11)
  }

  @Test("a step is completed by one decision: what is not due changes nothing")
  func notDue() async throws {
    let flow = try await Flow.start()
    guard case .interact(.stored(let id)) = try await flow.authorize() else { throw Surprise() }
    guard
      case .step(let step) = try await flow.world.oidc.send(
        OIDC.CompleteStep(id: id, step: .selectAccount), flow.browser.call())
    else { throw Surprise() }
    #expect(step.currentStep == .consent)
    #expect(try await flow.world.recorded(.newClientAuthorization) == 0)
  }
}
