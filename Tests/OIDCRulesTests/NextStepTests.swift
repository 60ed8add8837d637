import Foundation
import OIDCFacts
import OIDCRules
import Testing

/// One world: a request at `Valid.start`, a session, what was done, and the time.
struct World {
  var changes: [String: String?] = [:]
  var client = Valid.client()
  var signedIn: (user: String, ago: TimeInterval, amr: [String])? = ("user-1", 600, ["phr"])
  var inGroup = false
  var consent: Set<String>? = ["openid", "profile"]
  var selected: String?
  var proof: (user: String, after: TimeInterval)?
  var consented: String?
  var hint: String?
  var unreadableHint = false
  var declined = false
  var proofAMR = ["phr", "pop"]
  var elapsed: TimeInterval = 0
  /// Checked beforehand, where many worlds share a request.
  var request: CheckedAuthorizationRequest?

  func decide() throws -> NextStep {
    let session = signedIn.map { signedIn in
      SessionFacts(
        id: "session-1", userID: signedIn.user, authenticatedAt: Valid.start.addingTimeInterval(-signedIn.ago),
        amr: signedIn.amr, inAllowedGroup: inGroup)
    }
    let progress = InteractionProgress(
      startedAt: Valid.start, accountSelectedBy: selected,
      reauthentication: proof.map {
        .init(userID: $0.user, at: Valid.start.addingTimeInterval($0.after), amr: proofAMR)
      },
      consentedBy: consented, isDeclined: declined)
    return NextStep.decide(
      try request ?? Valid.check(changes, client: client), session: session, consent: ConsentFacts(scopes: consent),
      progress: progress, hint: unreadableHint ? .unreadable : hint.map { .subject($0) } ?? .absent,
      now: Valid.start.addingTimeInterval(elapsed))
  }
}

/// A step without its contents, to compare with.
enum Kind: Equatable {
  case authenticate, selectAccount, reauthenticate, consent, issue
  case page(OAuthError.Code), redirect(OAuthError.Code)

  init(_ step: NextStep) {
    switch step {
    case .authenticate: self = .authenticate
    case .selectAccount: self = .selectAccount
    case .reauthenticate: self = .reauthenticate
    case .consent: self = .consent
    case .issue: self = .issue
    case .refuse(.page(let error)): self = .page(error.code)
    case .refuse(.redirect(_, _, _, let error)): self = .redirect(error.code)
    }
  }
}

@Suite("The next step")
struct NextStepTests {
  private func expect(
    _ kind: Kind, _ world: World = World(), source: SourceLocation = #_sourceLocation,
    _ change: (inout World) -> Void = { _ in }
  ) throws {
    var world = world
    change(&world)
    let step = try world.decide()
    #expect(Kind(step) == kind, sourceLocation: source)
  }

  @Test("session and consent in place: a code, with the session's auth_time and amr")
  func issue() throws {
    guard case .issue(let issuance) = try World().decide() else {
      Issue.record("expected a code")
      return
    }
    #expect(issuance.userID == "user-1" && issuance.sessionID == "session-1" && issuance.amr == ["phr"])
    #expect(issuance.authenticatedAt == Valid.start.addingTimeInterval(-600))
    #expect(issuance.scopes == ["openid", "profile"])
  }

  @Test("nobody signed in: authenticate")
  func noSession() throws { try expect(.authenticate) { $0.signedIn = nil } }

  @Test("prompt=none says what would have been asked, to the client (oidcc-prompt-none-…)")
  func promptNone() throws {
    var world = World(changes: ["prompt": "none"])
    try expect(.issue, world)
    try expect(.redirect(.loginRequired), world) { $0.signedIn = nil }
    try expect(.redirect(.consentRequired), world) { $0.consent = nil }
    try expect(.redirect(.consentRequired), world) { $0.consent = ["openid"] }
    try expect(.redirect(.loginRequired), world) { $0.hint = "user-2" }
    try expect(.issue, world) { $0.hint = "user-1" }
    try expect(.redirect(.loginRequired), world) { $0.client = Valid.client(requiresReauthentication: true) }
    try expect(.redirect(.accessDenied), world) { $0.client = Valid.client(isGroupRestricted: true) }
    world.changes["max_age"] = "60"
    try expect(.redirect(.loginRequired), world)
    world.changes["max_age"] = "10000"
    try expect(.issue, world)
  }

  @Test("max_age: a younger session is enough, an older one is not (oidcc-max-age-1, -10000)")
  func maxAge() throws {
    try expect(.reauthenticate) { $0.changes["max_age"] = "1" }
    try expect(.issue) { $0.changes["max_age"] = "600" }
    try expect(.reauthenticate) { ($0.changes["max_age"], $0.elapsed) = ("600", 1) }
    try expect(.reauthenticate) { $0.changes["max_age"] = "0" }
    try expect(.issue) { ($0.changes["max_age"], $0.proof, $0.elapsed) = ("0", ("user-1", 3), 90) }
    try expect(.issue) { ($0.changes["max_age"], $0.signedIn, $0.elapsed) = ("0", ("user-1", -3, ["otp"]), 90) }
  }

  @Test("prompt=login needs a proof after the request arrived (oidcc-prompt-login)")
  func promptLogin() throws {
    let world = World(changes: ["prompt": "login"])
    try expect(.reauthenticate, world)
    try expect(.reauthenticate, world) { $0.signedIn = ("user-1", 0.001, ["phr"]) }
    try expect(.authenticate, world) { $0.signedIn = nil }
    try expect(.issue, world) { $0.proof = ("user-1", 4) }
    try expect(.issue, world) { $0.signedIn = ("user-1", -4, ["otp"]) }
    try expect(.reauthenticate, world) { $0.proof = ("user-1", -1) }
    try expect(.reauthenticate, world) { $0.proof = ("user-2", 4) }
  }

  @Test("auth_time is the latest proof")
  func authTime() throws {
    guard case .issue(let issuance) = try World(changes: ["prompt": "login"], proof: ("user-1", 4)).decide() else {
      Issue.record("expected a code")
      return
    }
    #expect(issuance.authenticatedAt == Valid.start.addingTimeInterval(4))
  }

  @Test("a proof by passkey adds phr to a session that began with a code")
  func amr() throws {
    let world = World(signedIn: ("user-1", 600, ["otp"]), proof: ("user-1", 4))
    guard case .issue(let issuance) = try world.decide() else {
      Issue.record("expected a code")
      return
    }
    #expect(issuance.amr == ["otp", "phr", "pop"])
  }

  @Test("a client that requires re-authentication wants a passkey each time; a one-time code is none (GHSA-hp74)")
  func requiresReauthentication() throws {
    let world = World(client: Valid.client(requiresReauthentication: true))
    try expect(.reauthenticate, world)
    try expect(.issue, world) { $0.proof = ("user-1", 1) }
    try expect(.issue, world) { $0.signedIn = ("user-1", -1, ["phr"]) }
    try expect(.reauthenticate, world) { $0.signedIn = ("user-1", -1, ["otp"]) }
  }

  @Test("prompt=select_account is met by choosing or by signing in, by this account")
  func selectAccount() throws {
    let world = World(changes: ["prompt": "select_account"])
    try expect(.selectAccount, world)
    try expect(.issue, world) { $0.selected = "user-1" }
    try expect(.selectAccount, world) { $0.selected = "user-2" }
    try expect(.issue, world) { $0.signedIn = ("user-1", -1, ["phr"]) }
    try expect(.authenticate, world) { $0.signedIn = nil }
  }

  @Test("consent: asked when new, when more is asked, and when the client says so")
  func consent() throws {
    try expect(.consent) { $0.consent = nil }
    try expect(.consent) { $0.consent = ["openid"] }
    try expect(.issue) { $0.consent = ["openid", "profile", "email"] }
    try expect(.consent) { $0.changes["prompt"] = "consent" }
    try expect(.issue) { ($0.changes["prompt"], $0.consented) = ("consent", "user-1") }
    try expect(.issue) { ($0.consent, $0.consented) = (nil, "user-1") }
    try expect(.consent) { ($0.consent, $0.consented) = (nil, "user-2") }
    try expect(.consent) { ($0.consent, $0.changes["scope"]) = (nil, .some(nil)) }
  }

  @Test("skipConsent skips, but never overrides prompt=consent")
  func skipConsent() throws {
    let world = World(client: Valid.client(skipConsent: true), consent: nil)
    try expect(.issue, world)
    try expect(.consent, world) { $0.changes["prompt"] = "consent" }
  }

  @Test("a user outside a restricted client's groups is refused on a page, after they could choose another account")
  func groups() throws {
    let world = World(client: Valid.client(isGroupRestricted: true))
    try expect(.page(.accessDenied), world)
    try expect(.issue, world) { $0.inGroup = true }
    try expect(.selectAccount, world) { $0.changes["prompt"] = "select_account" }
    try expect(.authenticate, world) { $0.signedIn = nil }
    try expect(.issue) { $0.inGroup = false }
  }

  @Test("a hinted user is asked to sign in once; another one then is refused (Core §3.1.2.1)")
  func hint() throws {
    try expect(.issue) { $0.hint = "user-1" }
    try expect(.authenticate) { $0.hint = "user-2" }
    try expect(.redirect(.loginRequired)) { ($0.hint, $0.signedIn) = ("user-2", ("user-1", -1, ["phr"])) }
    try expect(.issue) { ($0.hint, $0.signedIn) = ("user-2", ("user-2", -1, ["phr"])) }
    try expect(.authenticate) { $0.changes["claims"] = #"{"id_token":{"sub":{"value":"user-2"}}}"# }
    try expect(.issue) { $0.changes["claims"] = #"{"id_token":{"sub":{"values":["user-2","user-1"]}}}"# }
    try expect(.issue) { $0.changes["claims"] = #"{"id_token":{"sub":{"essential":true}}}"# }
  }

  @Test("a hint and a sub that name two people are met by nobody")
  func hintAgainstClaims() throws {
    let claims = #"{"id_token":{"sub":{"value":"user-1"}}}"#
    try expect(.authenticate) { ($0.hint, $0.changes["claims"]) = ("user-2", claims) }
    try expect(.redirect(.loginRequired)) {
      ($0.hint, $0.changes["claims"], $0.signedIn) = ("user-2", claims, ("user-2", -1, ["phr"]))
    }
  }

  @Test("a hint that is none of ours: login_required where nobody may be asked, and no obstacle where people can be")
  func unreadableHint() throws {
    try expect(.issue) { $0.unreadableHint = true }
    try expect(.redirect(.loginRequired)) { ($0.unreadableHint, $0.changes["prompt"]) = (true, "none") }
    try expect(.authenticate) { ($0.unreadableHint, $0.signedIn) = (true, nil) }
  }

  @Test("who declines has declined, whatever else there would be to do")
  func declined() throws {
    try expect(.redirect(.accessDenied)) { $0.declined = true }
    try expect(.redirect(.accessDenied)) { ($0.declined, $0.signedIn) = (true, nil) }
    try expect(.redirect(.accessDenied)) { ($0.declined, $0.changes["prompt"]) = (true, "login consent") }
  }

  @Test("an essential acr is met by a session with a passkey, or by a step up; a voluntary one asks for nothing")
  func acr() throws {
    let essential = #"{"id_token":{"acr":{"essential":true,"values":["urn:mace:silver","phr"]}}}"#
    var world = World(changes: ["claims": essential])
    try expect(.issue, world)
    world.signedIn = ("user-1", 600, ["otp"])
    try expect(.reauthenticate, world)
    try expect(.reauthenticate, world) { $0.signedIn = ("user-1", -1, ["otp"]) }
    try expect(.issue, world) { $0.proof = ("user-1", 1) }
    try expect(.reauthenticate, world) { $0.proof = ("user-2", 1) }
    try expect(.redirect(.loginRequired), world) { $0.changes["prompt"] = "none" }
    for voluntary in [
      ["acr_values": "phr"], ["claims": #"{"id_token":{"acr":{"values":["phr"]}}}"#],
      ["claims": #"{"id_token":{"acr":{"essential":true}}}"#], ["claims": #"{"userinfo":{"acr":{"value":"phr"}}}"#],
      ["claims": #"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#.replacing("true", with: "false")],
    ] {
      try expect(.issue, world) { $0.changes = voluntary.mapValues { $0 } }
    }
  }

  @Test("a single claim asks for the consent of the scope that it belongs to")
  func claimsConsent() throws {
    let email = #"{"userinfo":{"email":{"essential":true},"birthdate":null}}"#
    try expect(.consent) { $0.changes["claims"] = email }
    try expect(.issue) { ($0.changes["claims"], $0.consent) = (email, ["openid", "profile", "email"]) }
    try expect(.issue) { ($0.changes["claims"], $0.consented) = (email, "user-1") }
    try expect(.redirect(.consentRequired)) { ($0.changes["claims"], $0.changes["prompt"]) = (email, "none") }
    try expect(.issue) { $0.changes["claims"] = #"{"id_token":{"name":null,"quota":null}}"# }
    let request = try Valid.check(["claims": email])
    #expect(request.scopes == ["openid", "profile"] && request.consentScopes == ["openid", "profile", "email"])
  }

  @Test("offline access is asked for once, and then on record")
  func offline() throws {
    try expect(.consent) { $0.changes["scope"] = "openid offline_access" }
    try expect(.issue) { ($0.changes["scope"], $0.consent) = ("openid offline_access", ["openid", "offline_access"]) }
  }
}
