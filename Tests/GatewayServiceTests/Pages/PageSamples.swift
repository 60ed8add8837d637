import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol

/// Every page in every state that is worth looking at: rendered by the tests, and by hand for contact sheets.
enum PageSamples {
  struct Sample: Sendable {
    let name: String
    let page: any Page
    let viewer: Person?

    init(_ name: String, _ page: any Page, viewer: Person? = nil) {
      self.name = name
      self.page = page
      self.viewer = viewer
    }
  }

  /// What strangers type: markup, an attribute's end behind a combining accent, a right-to-left name, and 4 KB of it.
  static let hostile = "<script>alert(1)</script>\"\u{301} onmouseover=alert(2) x='\u{301}{{name}}[[common.save]]&amp;"
  static let rightToLeft = "عائلة \u{202E}גינה‎ & Söhne"
  static let long = String(repeating: "Großmutter’s bookkeeping ", count: 170)

  static let now = Date.now
  static func ago(_ hours: Double) -> Date { now.addingTimeInterval(-hours * 3600) }

  static let ada = Person(
    id: "4f9c", displayName: "Ada Lovelace", username: "ada", email: "ada@example.com", isAdmin: true)
  static let grafana = AppSummary(name: "Grafana", logoURL: nil, address: "grafana.example.com")

  static let ordinary: [Sample] = others + groupSamples + settingsSamples + plain

  private static let plain: [Sample] = [
    Sample("set-up", SetUpPage()),
    Sample("set-up-code", SetUpPage(asksForCode: true)),
    Sample("sign-in", SignInPage()),
    Sample("sign-in-app", SignInPage(app: grafana, interaction: "9b1f", next: "/")),
    Sample("login-code", LoginCodePage(next: "/settings/account")),
    Sample("login-code-link", LoginCodePage(code: "XK7P2M")),
    Sample("choose-account", ChooseAccountPage(app: grafana, interaction: "9b1f", account: ada)),
    Sample("reauthenticate", ReauthenticatePage(app: grafana, interaction: "9b1f", account: ada)),
    Sample(
      "consent",
      ConsentPage(
        app: grafana, interaction: "9b1f", account: ada, emailVerified: true,
        scopes: ["openid", "profile", "email", "groups"])),
    Sample(
      "consent-unverified",
      ConsentPage(app: grafana, interaction: "9b1f", account: ada, scopes: ["openid", "email"])),
    Sample(
      "consent-api",
      ConsentPage(
        app: grafana, interaction: "9b1f", account: ada, scopes: ["openid", "offline_access", "photos:read", "misc"],
        descriptions: ["photos:read": .init(name: "Read photos", explanation: "Albums and pictures, not originals")])),
    Sample("form-post", formPost(grafana.name)),
    Sample("sign-out", SignOutPage(account: ada)),
    Sample("sign-out-app", SignOutPage(account: ada, app: grafana, confirmation: "sealed")),
    Sample("sign-out-everywhere", SignOutPage(account: ada, everywhere: true)),
    Sample("signed-out", SignedOutPage()),
    Sample("signed-out-link", SignedOutPage(app: grafana, link: "https://grafana.example.com/")),
    Sample("signed-out-unknown", SignedOutPage(app: grafana, isAddressUnknown: true)),
    Sample("signed-out-unproven", SignedOutPage(isUnproven: true)),
    Sample("error-signIn", ErrorPage(.redirectMismatch, app: grafana, signInURL: "/login?redirect=%2Fauthorize")),
    Sample("leaving", LeavingPage(app: grafana, destination: "https://grafana.example.com/", frames: [])),
    Sample("account", account(passkeys: 2, sessions: 3), viewer: ada),
    Sample("account-new", account(passkeys: 0, sessions: 1), viewer: ada),
    Sample("account-locked", account(passkeys: 1, sessions: 1, mayEdit: false), viewer: member),
    Sample("clients", clients(count: 6, total: 6), viewer: ada),
    Sample("clients-many", clients(count: 20, total: 57, page: 2), viewer: ada),
    Sample("clients-empty", ClientsPage(clients: [], pager: pager(1, 0)), viewer: ada),
    Sample("clients-nothing", ClientsPage(clients: [], search: "zabbix", pager: pager(1, 0)), viewer: ada),
    Sample("new-client", NewClientPage(algorithms: ["RS256", "ES256"]), viewer: ada),
    Sample("client", client(secrets: 2), viewer: ada),
    Sample("client-new", client(secrets: 0), viewer: ada),
    Sample("client-public", client(secrets: 0, isPublic: true), viewer: ada),
    Sample("client-set", setClient(), viewer: ada),
    Sample("mismatch", mismatch("https://grafana.example.com/login/generic-oauth", [.path])),
    Sample("mismatch-foreign", mismatch("https://grafana.example.com.evil.example/cb", [.host], known: false)),
    Sample(
      "mismatch-refused",
      mismatch("https://grafana.example.com/#x", [.path], refusal: "The redirect URI has a fragment (#).")),
    Sample(
      "mismatch-missing",
      MismatchPage(.init(clientID: "g", clientName: "Grafana", arrived: nil, registered: []), requestID: "5f0c")),
    Sample("first-steps", firstSteps(done: [], skipped: []), viewer: ada),
    Sample("first-steps-some", firstSteps(done: [.secondWay], skipped: [.firstPerson]), viewer: ada),
    Sample("first-steps-done", firstSteps(done: Admin.FirstStep.allCases, skipped: []), viewer: ada),
    Sample("choose-app", chooseApp(nil), viewer: ada),
    Sample("choose-app-search", chooseApp("photo"), viewer: ada),
    Sample("choose-app-nothing", chooseApp("zabbix"), viewer: ada),
    Sample("new-known-client", newKnownClient("grafana"), viewer: ada),
    Sample("new-known-client-id", newKnownClient("adventure-log"), viewer: ada),
    Sample("new-known-client-open", newKnownClient("freescout"), viewer: ada),
    Sample("new-known-client-public", newKnownClient("opencloud"), viewer: ada),
    Sample("connect-client", connectClient("grafana", secrets: 1), viewer: ada),
    Sample("connect-client-warned", connectClient("grist", secrets: 1), viewer: ada),
    Sample("connect-client-told", connectClient("immich", secrets: 1), viewer: ada),
    Sample("connect-client-new", connectClient("paperless-ngx", secrets: 0), viewer: ada),
    Sample("connect-client-public", connectClient("opkssh", secrets: nil), viewer: ada),
    Sample("users", users(count: 6, total: 6), viewer: ada),
    Sample("users-many", users(count: 20, total: 100_000, page: 7), viewer: ada),
    Sample("users-alone", users(count: 1, total: 1), viewer: ada),
    Sample("users-nothing", users(count: 0, total: 0, search: "zoe"), viewer: ada),
    Sample("new-user", NewUserPage(emailRequired: true), viewer: ada),
    Sample("user", user(), viewer: ada),
    Sample("user-new", user(isNew: true), viewer: ada),
    Sample("user-disabled", user(disabled: true), viewer: ada),
    Sample("user-self", user(isSelf: true), viewer: ada),
    Sample("login-code-sent", LoginCodePage(sent: true)),
    Sample("relay", RelayPage(target: "/api/oidc/end-session", fields: [])),
    Sample("sign-up", SignUpPage(token: "XK7P2M")),
    Sample("sign-up-closed", SignUpClosedPage(.closed)),
    Sample("sign-up-link-needed", SignUpClosedPage(.linkNeeded)),
    Sample("sign-up-link-invalid", SignUpClosedPage(.linkInvalid)),
    Sample("sign-up-again", SignUpAgainPage(account: ada)),
    Sample("first-passkey-new", FirstPasskeyPage(account: member, hasPasskey: false, isNew: true)),
    Sample(
      "first-passkey-mailed", FirstPasskeyPage(account: member, hasPasskey: true, mayAdd: false, isNew: false)),
    Sample("first-passkey-code", FirstPasskeyPage(account: member, hasPasskey: false, isNew: false)),
    Sample(
      "first-passkey-app",
      FirstPasskeyPage(
        account: ada, hasPasskey: true, isNew: false, app: grafana, onward: SignInDestination(interaction: "9b1f"))),
    Sample("other-ways", OtherWaysPage(byMail: true, signUp: true)),
    Sample("other-ways-app", OtherWaysPage(app: grafana, onward: SignInDestination(interaction: "9b1f"))),
    Sample("code-by-mail", CodeByMailPage()),
    Sample("signup-links", signupLinks(), viewer: ada),
    Sample("signup-links-off", signupLinks(isOff: true), viewer: ada),
    Sample("signup-links-empty", SignupLinksPage(links: [], isOff: false, pager: pager(1, 0)), viewer: ada),
  ]

  static let errors: [Sample] = ErrorPage.Kind.allCases.map { kind in
    let named: Set<ErrorPage.Kind> = [.redirectMismatch, .redirectMissing, .notAllowed, .interactionExpired]
    let detail: String? =
      switch kind {
      case .badRequest: "invalid_request: The parameter response_type is missing."
      default: nil
      }
    return Sample(
      "error-\(kind.rawValue)",
      ErrorPage(
        kind, requestID: kind == .notFound ? nil : "5f0c1e6a9b7d4c3288aa01fe4410d2b7",
        app: named.contains(kind) ? grafana : nil, detail: detail))
  }

  static let member = Person(id: "77aa", displayName: "Grace Hopper", username: "grace", email: nil)

  static func account(passkeys: Int, sessions: Int, mayEdit: Bool = true, text: String? = nil) -> AccountPage {
    let keys = [
      AccountPage.Passkey(
        id: "k1", name: text ?? "iCloud Keychain", provider: text ?? "iCloud Keychain", synced: true,
        createdAt: ago(24 * 90), lastUsedAt: ago(2)),
      AccountPage.Passkey(
        id: "k2", name: text ?? "Blue key on the ring", provider: "YubiKey 5 Series", synced: false,
        createdAt: ago(24 * 3), lastUsedAt: nil),
    ]
    let agents = [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605",
      "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
      text ?? "something/1.0",
    ]
    let places = ["192.168.1.24", "2001:db8:85a3::8a2e:370:7334", "203.0.113.9"]
    let rows = (0..<sessions).map { (index: Int) -> AccountPage.Session in
      AccountPage.Session(
        id: "s\(index)", current: index == 0, createdAt: ago(3), lastSeenAt: ago(Double(index) * 30),
        ipAddress: places[index % 3], userAgent: agents[index % 3], methods: index == 2 ? ["otp"] : ["phr"])
    }
    return AccountPage(
      profile: .init(
        username: text ?? "ada", email: text ?? "ada@example.com", firstName: text ?? "Ada",
        lastName: text ?? "Lovelace", displayName: text ?? "Ada Lovelace"),
      pictureURL: text, passkeys: Array(keys.prefix(passkeys)), sessions: rows, mayEdit: mayEdit,
      emailState: .init(isVerified: passkeys > 0, switchURL: text))
  }

  static func signupLinks(isOff: Bool = false, text: String? = nil) -> SignupLinksPage {
    func row(_ id: String, _ used: Int, _ limit: Int, _ groups: [String], _ hours: Double) -> SignupLinksPage.Row {
      SignupLinksPage.Row(
        id: text ?? id, url: "https://id.example.com/st/\(text ?? id)", token: text ?? id, used: used, limit: limit,
        groups: groups.map { text ?? $0 }, expiresAt: ago(-hours), now: now)
    }
    let rows = [
      row("K7QMXW2RPA9C", 1, 5, ["Family", "Photos"], 150), row("3HZ0TJ6YB4ND", 0, 1, [], 0.7),
      row("Q8V5GKXE1MRA", 2, 2, ["Guests"], 20), row("W4NPC9D7ZS2H", 1, 10, [], -3),
    ]
    return SignupLinksPage(links: rows, isOff: isOff, pager: pager(1, 4))
  }

  static func pager(_ page: Int, _ total: Int) -> Pager {
    Pager(page: page, perPage: 20, total: total) { "/settings/admin/oidc-clients?page=\($0)" }
  }

  static func clients(count: Int, total: Int, page: Int = 1, text: String? = nil) -> ClientsPage {
    let apps: [(name: String, about: String?, address: String, isPublic: Bool)] = [
      ("Grafana", "Dashboards for the house and the greenhouse", "grafana.example.com", false),
      ("Immich", nil, "photos.example.com", false),
      ("Linkding", "Bookmarks", "links.example.com", false),
      ("Memos", nil, "memos.example.com", true),
      ("Nextcloud", "Files, calendars and contacts of the whole family", "cloud.example.com", false),
      ("Portainer", nil, "docker.example.com", false),
    ]
    let rows = (0..<count).map { index in
      let app = apps[index % apps.count]
      return ClientsPage.Row(
        id: "c\(index)", name: text ?? app.name, description: text ?? app.about, address: text ?? app.address,
        isPublic: app.isPublic, createdAt: ago(Double(index) * 50))
    }
    return ClientsPage(clients: rows, search: text ?? "", pager: pager(page, total))
  }

  private static func formPost(_ text: String) -> FormPostPage {
    let client = OIDC.ClientSummary(
      id: "grafana", name: text, description: "", launchURL: nil, requiresReauthentication: false,
      returnsTo: "https://grafana.example.com")
    return FormPostPage(
      OIDC.FormPost(
        client: client, url: "https://grafana.example.com/login?x=\(text)",
        fields: [FormField("code", "4f9c"), FormField("state", text), FormField("iss", "https://id.example.com")]))
  }

  /// Every page with one text in every place that a stranger can fill.
  static func filled(with text: String) -> [Sample] {
    settingsFilled(with: text) + groupSamples(filledWith: text) + plain(filledWith: text)
  }

  private static func plain(filledWith text: String) -> [Sample] {
    let person = Person(id: text, displayName: text, username: text, email: text, pictureURL: text, isAdmin: true)
    let app = AppSummary(name: text, logoURL: text, address: text)
    return [
      Sample("set-up", SetUpPage(next: text)),
      Sample("relay", RelayPage(target: "/api/oidc/end-session", fields: [FormField(text, text)])),
      Sample("sign-in", SignInPage(app: app, interaction: text, next: text)),
      Sample("login-code", LoginCodePage(code: text, app: app, interaction: text, next: text)),
      Sample("login-code-entry", LoginCodePage(next: text)),
      Sample("choose-account", ChooseAccountPage(app: app, interaction: text, account: person)),
      Sample("reauthenticate", ReauthenticatePage(app: app, interaction: text, account: person)),
      Sample(
        "consent",
        ConsentPage(
          app: app, interaction: text, account: person, scopes: ["openid", "email", text],
          descriptions: [text: .init(name: text, explanation: text)])),
      Sample("sign-out", SignOutPage(account: person, app: app, confirmation: text, backURL: text)),
      Sample("signed-out", SignedOutPage(app: app, link: text, isAddressUnknown: true, frames: [text])),
      Sample("leaving", LeavingPage(app: app, destination: text, frames: [text])),
      Sample("form-post", formPost(text)),
      Sample("account", account(passkeys: 2, sessions: 3, text: text), viewer: person),
      Sample("clients", clients(count: 3, total: 3, text: text), viewer: person),
      Sample("clients-nothing", ClientsPage(clients: [], search: text, pager: pager(1, 0)), viewer: person),
      Sample("client", client(secrets: 2, text: text), viewer: person),
      Sample("client-set", setClient(text: text), viewer: person),
      Sample("first-steps", firstSteps(done: [], skipped: [], text: text), viewer: person),
      Sample("mismatch", mismatch(text, [.host], known: false, name: text)),
      Sample("choose-app", chooseApp(text), viewer: person),
      Sample("connect-client", connectClient("gitlab", secrets: 1, text: text), viewer: person),
      Sample("error", ErrorPage(.redirectMismatch, requestID: text, app: app, detail: text)),
      Sample("activity", recordPage(false, text: text), viewer: person),
      Sample("record", recordPage(true, text: text), viewer: person),
      Sample("users", users(count: 3, total: 3, text: text), viewer: person),
      Sample("users-nothing", users(count: 0, total: 0, search: text), viewer: person),
      Sample("user", user(text: text), viewer: person),
      Sample("sign-up", SignUpPage(token: text, next: text)),
      Sample("sign-up-again", SignUpAgainPage(account: person)),
      Sample(
        "first-passkey",
        FirstPasskeyPage(
          account: person, hasPasskey: false, isNew: false, app: app,
          onward: SignInDestination(interaction: text, next: text))),
      Sample("other-ways", OtherWaysPage(app: app, byMail: true, signUp: true, onward: SignInDestination(next: text))),
      Sample("code-by-mail", CodeByMailPage(app: app, onward: SignInDestination(next: text))),
      Sample("signup-links", signupLinks(text: text), viewer: person),
    ]
  }
}
