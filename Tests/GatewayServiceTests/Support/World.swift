import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Logging
import ServiceKit
import Testing

/// One gateway on a port of its own, with services that say what the test tells them.
func withGateway(
  _ appURL: String = "http://localhost:1411", internalURL: String? = nil, proxies: String = "false",
  limitsFloods: Bool = false, deadlines: Deadlines = Deadlines(),
  logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
  _ body: (FakeServices, RawClient) async throws -> Void
) async throws {
  let services = FakeServices()
  let settings = GatewaySettings(
    appURL: try #require(AppURL(appURL)), internalAppURL: internalURL.flatMap { AppURL($0) }, appName: "Doorstep",
    proxies: try #require(TrustedProxies(proxies)), limitsFloods: limitsFloods)
  try await withServer(settings, services, deadlines: deadlines, logger: logger) { (_, client) async throws in
    try await body(services, client)
  }
}

/// The same with the server itself.
func withServer(
  _ settings: GatewaySettings, _ services: FakeServices, deadlines: Deadlines = Deadlines(), logger: Logger,
  _ body: (Server, RawClient) async throws -> Void
) async throws {
  let site = Site(settings, services.services, pages: try Pages.renderer.get(), logger: logger)
  let server = try await Server.start(
    Gateway.front(site), host: "127.0.0.1", port: 0, deadlines: deadlines, logger: logger)
  do {
    try await body(server, RawClient(port: server.port))
  } catch {
    await server.drain(within: .seconds(5))
    throw error
  }
  await server.drain(within: .seconds(5))
}

/// Compiled once: every test needs the templates, and none changes them.
enum Pages {
  static let renderer = Result { try PageRenderer() }
}

/// A browser cookie as the gateway makes it.
let browserToken = String(repeating: "b", count: 43)

enum Sample {
  static let user = User(
    id: UserID(UUID()), username: "ada", email: "ada@example.com", emailVerified: true, firstName: "Ada",
    lastName: "Lovelace", displayName: "Ada Lovelace", isAdmin: true, locale: nil, disabled: false)

  static let session = Auth.Session(
    id: SessionID(UUID()), createdAt: date, lastSeenAt: date, expiresAt: date + 3600, address: "192.0.2.7",
    userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140", amr: ["phr"])

  static let date = Date(timeIntervalSince1970: 1_790_000_000)

  static let passkey = Auth.Passkey(
    id: PasskeyID(UUID()), name: "Laptop", credentialID: Data([1, 2, 3, 0xFF]), attestationType: "none",
    transports: ["internal"], backupEligible: true, backupState: false, createdAt: date, lastUsedAt: nil,
    authenticator: "Some Keychain")

  static let ceremony = Auth.Ceremony(
    options: #"{"challenge":"AAAA","rpId":"localhost"}"#, state: Secret("sealed-state"))

  /// A passkey's answer to a challenge, as far as the gateway looks.
  static func answer(to challenge: String) -> JSONValue {
    let clientData = Data(#"{"type":"webauthn.get","challenge":"\#(challenge)"}"#.utf8)
    return ["id": "x", "response": ["clientDataJSON": .string(Base64URL.encode(clientData))]]
  }

  static func signedIn() -> Auth.SignedIn {
    Auth.SignedIn(user: user, token: Secret("session-token"), endsAt: Date(timeIntervalSinceNow: 7 * 24 * 3600))
  }

  static let client = Admin.Client(
    id: "grafana", settings: Admin.ClientSettings(name: "Grafana", callbackURLs: ["https://g.example.com/cb"]),
    secrets: [
      Admin.ClientSecret(id: ClientSecretID(UUID()), prefix: "abcd", createdAt: date, expiresAt: Date.distantPast)
    ], createdAt: date)

  static let summary = OIDC.ClientSummary(
    id: "grafana", name: "Grafana", description: "", launchURL: nil, requiresReauthentication: false,
    returnsTo: "https://g.example.com")

  static func interaction(_ step: OIDC.Step, user: User? = user) -> OIDC.Interaction {
    OIDC.Interaction(
      handle: .stored(InteractionID(UUID())), client: summary, scopes: ["openid", "profile", "shelf:read"],
      currentStep: step,
      requiredSteps: [step], user: user)
  }
}

extension OIDC.HTTPAnswer {
  /// A finished answer of `oidc`.
  static func json(_ body: JSONValue, status: Int = 200, _ fields: [Field] = []) -> Self {
    Self(
      status: status, fields: [Field("Content-Type", "application/json")] + fields, body: Data(body.json))
  }
}
