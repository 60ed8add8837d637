import GatewayService

extension PageSamples {
  static func client(secrets: Int, isPublic: Bool = false, text: String? = nil) -> ClientPage {
    let form = ClientForm(
      name: text ?? "Grafana", description: text ?? "Dashboards for the house and the greenhouse",
      callbackURLs: [text ?? "https://grafana.example.com/login/generic_oauth"],
      launchURL: text ?? "https://grafana.example.com", isPublic: isPublic, pkceEnabled: true,
      requiresReauthentication: false, skipConsent: false)
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
        name: text ?? "Grafana", description: text ?? "", callbackURLs: [text ?? "*", "*"], launchURL: nil,
        isPublic: false, pkceEnabled: true, requiresReauthentication: false, skipConsent: false,
        callbackURLPatterns: true,
        signOut: ClientForm.SignOut(
          logoutCallbackURLs: [text ?? "\(host)/login"], backchannelLogoutURL: text ?? "\(host)/logout/backchannel",
          backchannelLogoutSessionRequired: true, frontchannelLogoutURL: text ?? "\(host)/logout/frontchannel",
          frontchannelLogoutSessionRequired: true),
        tokens: ClientForm.Tokens(
          accessTokenDurationMinutes: 15, refreshTokenDurationMinutes: 1440, userinfoOnlyClaims: true,
          idTokenAlgorithm: text ?? "ES256", accessTokenAlgorithm: text ?? "RS256", algorithms: ["RS256", "ES256"])),
      endpoints: endpoints(), secrets: secretRows(text), scopes: text.map { [$0] },
      notices: LogoutNoticesPart(
        waiting: 2, waitingSince: ago(3), nextAttempt: ago(-1), failed: 1, failedAt: ago(30), reason: "status",
        detail: text ?? "503"))
  }
}
