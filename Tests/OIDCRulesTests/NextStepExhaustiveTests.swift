import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("The next step, exhaustively")
struct NextStepExhaustiveTests {
  /// Every combination of what the rules look at: some 60,000 worlds.
  private func everyWorld(_ body: (World) throws -> Void) throws {
    let prompts: [String?] = [
      nil, "none", "login", "consent", "select_account", "login consent", "login consent select_account",
    ]
    let sessions: [(user: String, ago: TimeInterval, amr: [String])?] = [
      nil, ("user-1", 600, ["phr"]), ("user-1", -1, ["phr"]), ("user-1", -1, ["otp"]), ("user-2", 600, ["otp"]),
    ]
    for prompt in prompts {
      for maxAge in [nil, "0", "60"] as [String?] {
        for flags in 0..<16 {
          var template = World(changes: ["prompt": prompt, "max_age": maxAge])
          template.client = Valid.client(
            skipConsent: flags & 1 != 0, requiresReauthentication: flags & 2 != 0, isGroupRestricted: flags & 4 != 0)
          template.inGroup = flags & 8 != 0
          template.request = try Valid.check(template.changes, client: template.client)
          for session in sessions {
            for consent in [nil, ["openid"], ["openid", "profile"]] as [Set<String>?] {
              for done in 0..<12 {
                var world = template
                world.signedIn = session
                world.consent = consent
                world.selected = done & 1 != 0 ? "user-1" : nil
                world.consented = done & 2 != 0 ? "user-1" : nil
                world.proof = [nil, ("user-1", 2), ("user-2", 2)][done >> 2]
                world.elapsed = 5
                try body(world)
              }
            }
          }
        }
      }
    }
  }

  @Test("no combination gives a code without what its request, client and user require")
  func soundness() throws {
    var count = 0
    try everyWorld { world in
      count += 1
      guard case .issue(let issuance) = try world.decide() else { return }
      let prompts = (world.changes["prompt"] ?? nil) ?? ""
      let session = try #require(world.signedIn)
      let proofIsTheirs = world.proof?.user == session.user
      let signedInHere = session.ago < 0
      let fresh = proofIsTheirs || signedInHere
      #expect(issuance.userID == session.user)
      #expect(!world.client.isGroupRestricted || world.inGroup)
      #expect(!prompts.contains("login") || fresh)
      #expect(!prompts.contains("select_account") || signedInHere || world.selected == session.user)
      #expect(!prompts.contains("consent") || world.consented == session.user)
      #expect((world.changes["max_age"] ?? nil) == nil || fresh)
      #expect(
        !world.client.requiresReauthentication || proofIsTheirs || (signedInHere && session.amr.contains("phr")))
      #expect(
        world.client.skipConsent || world.consent == ["openid", "profile"] || world.consented == session.user)
    }
    #expect(count == 7 * 3 * 16 * 5 * 3 * 12)
  }

  @Test("prompt=none never shows anything: a code or an error to the client")
  func silence() throws {
    try everyWorld { world in
      guard world.changes["prompt"] == "none" else { return }
      switch Kind(try world.decide()) {
      case .issue, .redirect: break
      default: Issue.record("something would be shown")
      }
    }
  }

  @Test("whoever does each step asked for is done after at most four: no request goes round in circles")
  func termination() throws {
    try everyWorld { world in
      var world = world
      for _ in 0..<5 {
        switch try world.decide() {
        case .authenticate: world.signedIn = ("user-1", -1, ["otp"])
        case .selectAccount: world.selected = world.signedIn?.user
        case .reauthenticate: world.proof = world.signedIn.map { ($0.user, 3) }
        case .consent: world.consented = world.signedIn?.user
        case .issue, .refuse: return
        }
      }
      Issue.record("still not done: \(world)")
    }
  }
}
