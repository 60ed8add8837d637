import Encodings
import Foundation
import LatchkeyProtocol

// Examples of every message of the services, one for each case of an answer.

private let moment = Date(timeIntervalSince1970: 1_767_225_600.123456)
private let person = User(
  id: UserID(uuid(1)), username: "ada", email: "ada@example.com", emailVerified: true, firstName: "Ada",
  lastName: "Lovelace", displayName: "Ada Lovelace", isAdmin: true, locale: "en", disabled: false)
private let stranger = User(
  id: UserID(uuid(2)), username: "bo", email: nil, emailVerified: false, firstName: "", lastName: "",
  displayName: "bo", isAdmin: false, locale: nil, disabled: true)
private let profile = Profile(
  username: "ada", email: "ada@example.com", firstName: "Ada", lastName: "Lovelace", displayName: "Ada", locale: "en")
private let problem = FieldProblem("username", "taken", "Somebody has this username.")
private let ceremony = Auth.Ceremony(options: "{\"challenge\":\"AAAA\"}", state: Secret("sealed"))
private let answer = Auth.CeremonyAnswer(credential: "{\"id\":\"AAAA\"}", state: Secret("sealed"))
private let signedIn = Auth.SignedIn(user: person, token: Secret("token"), endsAt: moment)
private let session = Auth.Session(
  id: SessionID(uuid(3)), createdAt: moment, lastSeenAt: moment, expiresAt: moment, address: "192.0.2.1",
  userAgent: "Browser/1", amr: ["phr", "pop", "user", "mfa"])
private let passkey = Auth.Passkey(
  id: PasskeyID(uuid(4)), name: "Phone", credentialID: Data([1, 2, 3]), attestationType: "none",
  transports: ["internal"], backupEligible: true, backupState: false, createdAt: moment, lastUsedAt: nil,
  authenticator: "Windows Hello")
private let interactionID = InteractionID(uuid(5))
private let summary = OIDC.ClientSummary(
  id: "grafana", name: "Grafana", description: "Dashboards", launchURL: "https://grafana.example.com",
  requiresReauthentication: false, returnsTo: "https://grafana.example.com")
private let interaction = OIDC.Interaction(
  handle: .stored(interactionID), client: summary, scopes: ["openid", "email"], currentStep: .consent,
  requiredSteps: [.consent],
  user: person, languages: ["zh-CN"])
private let finished = OIDC.HTTPAnswer(
  status: 200, fields: [OIDC.HTTPAnswer.Field("Cache-Control", "no-store")], body: Data("{}".utf8))
private let formPost = OIDC.FormPost(
  client: summary, url: "https://grafana.example.com/", fields: [FormField("code", "1")], languages: ["zh-CN"])
private let settings = Admin.ClientSettings(
  name: "Grafana", callbackURLs: ["https://grafana.example.com/login/generic_oauth"]
) {
  $0.description = "Dashboards"
  $0.pkceEnabled = true
}
private let secret = Admin.ClientSecret(
  id: ClientSecretID(uuid(6)), prefix: "AbCd", createdAt: moment, expiresAt: moment)
private let client = Admin.Client(id: "grafana", settings: settings, secrets: [secret], createdAt: moment)

/// A UUID whose bytes are all the same.
private func uuid(_ byte: UInt8) -> UUID {
  UUID(
    uuid: (byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte))
}

extension GoldenCatalogue {
  static var auth: [GoldenMessage] {
    [
      .of(Auth.SetupStatus(), answers: .open, .closed),
      .of(Auth.BeginSetup(profile: profile), answers: .begun(ceremony), .invalid([problem]), .closed),
      .of(Auth.FinishSetup(answer: answer), answers: .signedIn(signedIn), .refused(.expired), .closed),
      .of(Auth.BeginSignIn(), answers: ceremony),
      .of(
        Auth.FinishSignIn(answer: answer), answers: .signedIn(signedIn), .refused(.unknownPasskey),
        .refused(.passkeyChanged)),
      .of(Auth.RedeemOneTimeCode(code: Secret("ABC123")), answers: .signedIn(signedIn), .invalid),
      .of(Auth.SignOut(), answers: Auth.SignOut.Response()),
      .of(Auth.BeginProof(purpose: .authorize(interactionID)), answers: .begun(ceremony), .notSignedIn),
      .of(Auth.FinishProof(answer: answer), answers: .proven, .refused(.spent), .notSignedIn),
      .of(Auth.CurrentSession(), answers: .signedIn(person, session), .signedIn(stranger, session), .signedOut),
      .of(Auth.ListSessions(), answers: .sessions([session], current: session.id), .notSignedIn),
      .of(Auth.EndSessions(.one(session.id)), answers: .ended(count: 1), .notSignedIn),
      .of(Auth.ListPasskeys(), answers: .passkeys([passkey]), .notSignedIn),
      .of(Auth.BeginPasskey(), answers: .begun(ceremony), .proofRequired, .full(limit: 50), .notSignedIn),
      .of(
        Auth.FinishPasskey(answer: answer), answers: .added(passkey), .refused(.alreadyRegistered), .proofRequired,
        .notSignedIn),
      .of(
        Auth.RenamePasskey(id: passkey.id, name: "Phone"), answers: .renamed(passkey), .invalid([problem]), .notFound,
        .notSignedIn),
      .of(Auth.RemovePasskey(id: passkey.id), answers: .removed, .lastOne, .notFound, .notSignedIn),
    ]
  }

  static var oidc: [GoldenMessage] {
    [
      .of(
        OIDC.Authorize(parameters: [FormField("client_id", "grafana"), FormField("state", "")]),
        answers: .redirect("https://grafana.example.com/?code=1"), .post(formPost), .interact(.stored(interactionID)),
        .interact(.carried("c2VhbGVk")),
        .page(.unknownClient), .page(.redirectURI(clientName: "Grafana")), .page(.unreadable("Why.")),
        .page(.notAllowed(clientName: "Grafana")), .page(.redirectURI(clientName: "Grafana", isMissing: true))),
      .of(
        OIDC.ViewInteraction(.stored(interactionID), byPage: true), answers: .step(interaction),
        .redirect("https://grafana.example.com/?code=1"), .post(formPost), .finishOnPage,
        .page(.notAllowed(clientName: "Grafana")), .gone(), .gone(elsewhere: true)),
      .of(
        OIDC.CompleteStep(.carried("c2VhbGVk"), step: .selectAccount), answers: .step(interaction), .finishOnPage,
        .gone()
      ),
      .of(
        OIDC.CancelInteraction(.stored(interactionID)), answers: .redirect("https://grafana.example.com/?error=x"),
        .gone()),
      .of(
        OIDC.ExchangeToken(
          OIDC.ClientRequest(form: [FormField("code", "c")], authorization: [Secret("Basic YTpi")], hasQuery: true)),
        answers: finished),
      .of(OIDC.UserInfo(authorization: [Secret("Bearer t")], form: [FormField("a", "b")]), answers: finished),
      .of(
        OIDC.Metadata(
          OIDC.EndpointPaths(
            authorization: "/a", token: "/t", userInfo: "/u", introspection: "/i", revocation: "/r", endSession: "/e",
            keys: "/k")), answers: finished),
      .of(OIDC.Keys(), answers: finished),
    ]
  }

  static var admin: [GoldenMessage] {
    let page = Admin.PageRequest(page: 2, limit: 10, search: "gra", sortColumn: "name", descending: true)
    return [
      .of(
        Admin.ListClients(page: page), answers: .clients(Admin.Page(items: [client], total: 11, page: 2, limit: 10)),
        .denied(.notAdministrator)),
      .of(Admin.GetClient(id: "grafana"), answers: .client(client), .notFound, .denied(.notSignedIn)),
      .of(Admin.GetClientSummary(id: "grafana"), answers: .client(summary), .notFound),
      .of(
        Admin.CreateClient(id: "grafana", settings: settings), answers: .created(client), .invalid([problem]), .idTaken,
        .denied(.notSignedIn)),
      .of(
        Admin.UpdateClient(id: "grafana", settings: settings), answers: .updated(client), .invalid([problem]),
        .notFound,
        .denied(.notSignedIn)),
      .of(Admin.DeleteClient(id: "grafana"), answers: .deleted, .notFound, .denied(.notSignedIn)),
      .of(
        Admin.CreateClientSecret(clientID: "grafana", secret: nil, expiresAt: moment),
        answers: .created(Admin.NewClientSecret(secret: Secret("s"), details: secret)), .invalid([problem]),
        .full(limit: 20), .notFound, .denied(.proofRequired)),
      .of(
        Admin.DeleteClientSecret(clientID: "grafana", secretID: secret.id), answers: .deleted, .notFound,
        .denied(.notSignedIn)),
      .of(
        Admin.UpdateOwnProfile(profile: profile), answers: .updated(person), .invalid([problem]), .tooMany,
        .denied(.notSignedIn)),
    ]
  }
}
