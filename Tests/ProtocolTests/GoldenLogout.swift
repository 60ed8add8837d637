import Encodings
import Foundation
import LatchkeyProtocol

private let moment = Date(timeIntervalSince1970: 1_767_225_600.25)
private let person = User(
  id: UserID(UUID(uuid: (8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8))), username: "grace", email: nil,
  emailVerified: false, firstName: "Grace", lastName: "Hopper", displayName: "Grace Hopper", isAdmin: false,
  locale: "zh-CN", disabled: false)

extension GoldenCatalogue {
  static var logout: [GoldenMessage] {
    let app = OIDC.ClientSummary(
      id: "grafana", name: "Grafana", description: "", launchURL: nil, requiresReauthentication: false,
      returnsTo: "https://grafana.example.com")
    let farewell = OIDC.LogoutDestination(
      app: app, destination: "https://grafana.example.com/bye?state=1",
      frames: [.init(location: "https://memos.example.com/out?iss=i&sid=s", origin: "https://memos.example.com")])
    let question = OIDC.LogoutQuestion(user: person, app: app, confirmation: Secret("sealed"))
    let unknown = OIDC.LogoutDestination(app: app, link: "https://grafana.example.com/bye", isAddressUnknown: true)
    let unproven = OIDC.LogoutDestination(isUnproven: true)
    let stay = OIDC.LogoutQuestion(
      user: person, app: app, confirmation: Secret("sealed"), back: "https://grafana.example.com/bye")
    let notices = OIDC.LogoutNotices(
      isSet: true, waiting: 2, waitingSince: moment, nextAttempt: moment, failed: 1, failedAt: moment,
      trouble: OIDC.LogoutNotices.Trouble(.status, "503"), toldAt: moment)
    return [
      .of(
        OIDC.EndSession(parameters: [FormField("client_id", "grafana")]), answers: .end(farewell), .ask(question),
        .over(unknown), .over(unproven), .ask(stay)),
      .of(
        OIDC.ConfirmEndSession(confirmation: Secret("sealed")), answers: .end(farewell), .ask(question), .over(unknown),
        .over(unproven), .ask(stay)),
      .of(
        OIDC.GetLogoutNotices(clientID: "grafana"), answers: .notices(notices), .notFound, .denied(.notAdministrator)),
      .of(
        OIDC.RetryLogoutNotices(clientID: "grafana"), answers: .retried(count: 3), .notFound,
        .denied(.notAdministrator)),
    ]
  }
}
