import GatewayService
import LatchkeyProtocol

extension PageSamples {
  static func client(secrets: Int, isPublic: Bool = false, text: String? = nil) -> ClientPage {
    let form = ClientForm(
      Admin.ClientSettings(
        name: text ?? "Grafana", callbackURLs: [text ?? "https://grafana.example.com/login/generic_oauth"]
      ) {
        $0.description = text ?? "Dashboards for the house and the greenhouse"
        $0.launchURL = text ?? "https://grafana.example.com"
        $0.isPublic = isPublic
        $0.pkceEnabled = true
      })
    return ClientPage(
      id: text ?? "0b8f2c1e-6a54-4d0a-9a53-5d2f3b1c7e90",
      description: text ?? "Dashboards for the house and the greenhouse", logoURL: text, darkLogoURL: text, form: form,
      endpoints: endpoints(), secrets: Array(secretRows(text).prefix(secrets)), knownApp: "Grafana")
  }

  private static func secretRows(_ text: String?) -> [ClientPage.Secret] {
    [
      ClientPage.Secret(id: "s1", prefix: text ?? "lk_8fQ2", createdAt: ago(24 * 40)),
      ClientPage.Secret(
        id: "s2", prefix: text ?? "lk_Zp0x", createdAt: ago(24 * 400), expiresAt: ago(24), isActive: false),
    ]
  }

  static func endpoints() -> ClientPage.Endpoints {
    let url = "https://id.example.com"
    return ClientPage.Endpoints(
      appURL: url, endSession: "\(url)/api/oidc/end-session", introspection: "\(url)/api/oidc/introspect",
      revocation: "\(url)/api/oidc/revoke")
  }

  /// An imported app with everything set that few apps need.
  static func setClient(text: String? = nil) -> ClientPage {
    let host = "https://grafana.example.com"
    return ClientPage(
      id: text ?? "grafana",
      form: ClientForm(
        Admin.ClientSettings(name: text ?? "Grafana", callbackURLs: [text ?? "*", "*"]) {
          $0.description = text ?? ""
          $0.pkceEnabled = true
          $0.callbackPatterns = true
          $0.logoutCallbackURLs = [text ?? "\(host)/login"]
          $0.backchannelLogoutURI = text ?? "\(host)/logout/backchannel"
          $0.backchannelLogoutSessionRequired = true
          $0.frontchannelLogoutURI = text ?? "\(host)/logout/frontchannel"
          $0.frontchannelLogoutSessionRequired = true
          $0.accessTokenDurationMinutes = 15
          $0.refreshTokenDurationMinutes = 1440
          $0.userinfoOnly = true
          $0.idTokenAlgorithm = text ?? "ES256"
          $0.accessTokenAlgorithm = text ?? "RS256"
        }, algorithms: ["RS256", "ES256"]),
      endpoints: endpoints(), secrets: secretRows(text), scopes: text.map { [$0] },
      notices: LogoutNoticesPart(
        waiting: 2, waitingSince: ago(3), nextAttempt: ago(-1), failed: 1, failedAt: ago(30), reason: "status",
        detail: text ?? "503"))
  }
}
