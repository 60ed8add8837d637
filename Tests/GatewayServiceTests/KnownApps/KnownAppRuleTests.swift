import Encodings
import GatewayResources
import GatewayService
import Testing

@Suite("Rules for known apps")
struct KnownAppRuleTests {
  @Test("every entry keeps every rule", arguments: KnownAppRule.all)
  func kept(_ rule: KnownAppRule) throws {
    for app in try PageSamples.knownApps.get().all { #expect(rule.complaints(app) == [], "\(app.id)") }
  }

  /// One entry with a mistake in it.
  struct Spoilt: Sendable, CustomTestStringConvertible {
    let rule: String
    let app: String
    let from: String
    let to: String

    init(_ rule: String, _ app: String, _ from: String, _ to: String) {
      self.rule = rule
      self.app = app
      self.from = from
      self.to = to
    }

    var testDescription: String { "\(app): \(from) → \(to)" }

    /// The app as the file would have it with the mistake.
    func read() throws -> KnownApp {
      var file = String(decoding: GatewayResources.files["apps.json"] ?? [], as: UTF8.self)
      let start = try #require(file.firstRange(of: "\"id\": \"\(app)\""))
      let end = file[start.upperBound...].firstRange(of: "\"id\": \"")?.lowerBound ?? file.endIndex
      let place = try #require(file[start.upperBound..<end].firstRange(of: from), "\(from) is not in \(app) any more")
      file.replaceSubrange(place, with: to)
      return try #require(try KnownApps(json: Array(file.utf8))[app])
    }
  }

  static let spoilt = [
    Spoilt("a public client uses PKCE, and no other has to", "grafana", #""supported""#, #""required""#),
    Spoilt("a public client uses PKCE, and no other has to", "opencloud", #""required""#, #""supported""#),
    Spoilt(
      "settings that switch PKCE on or off agree with what is demanded", "linkding", #""pkce": "supported""#,
      #""pkce": "unsupported""#),
    Spoilt(
      "settings that switch PKCE on or off agree with what is demanded", "grafana",
      #"_USE_PKCE", "value": "true""#, #"_USE_PKCE", "value": "false""#),
    Spoilt(
      "settings that switch PKCE on or off agree with what is demanded", "gitlab", "pkce: true", "pkce: false"),
    Spoilt(
      "every way to set the app up names the client, its secret and the provider", "grafana",
      #""Client secret", "value": "{clientSecret}""#, #""Client secret", "value": "none""#),
    Spoilt(
      "every way to set the app up names the client, its secret and the provider", "donetick", "{token}", "none"),
    Spoilt(
      "every way to set the app up names the client, its secret and the provider", "donetick", "{clientId}", "none"),
    Spoilt(
      "where there are two ways to set the app up, the notes say that one of them does", "grafana", "one of them",
      "both"),
    Spoilt("two ways to set the app up set the same things", "grafana", #""Use PKCE""#, #""Use it""#),
    Spoilt("two ways to set the app up set the same things", "arcane", #""Scopes""#, #""Others""#),
    Spoilt(
      "needsEndpoints says whether a setting takes an endpoint's address", "immich", #""needsEndpoints": false"#,
      #""needsEndpoints": true"#),
    Spoilt("no setting stands twice in one place", "grafana", "_OAUTH_TOKEN_URL", "_OAUTH_AUTH_URL"),
    Spoilt("what stands behind oauth2-proxy says what oauth2-proxy wants", "dozzle", #""needed""#, #""no""#),
    Spoilt("what stands behind oauth2-proxy says what oauth2-proxy wants", "healthchecks", "whitelist_domains", "it"),
    Spoilt("what is to be registered is accepted, and stands there once", "gitea", #"["{app}/"]"#, #"["{app}/#x"]"#),
    Spoilt("what is to be registered is accepted, and stands there once", "immich", "{app}/api/oauth/", "app.immich:"),
    Spoilt(
      "what is to be registered is accepted, and stands there once", "immich", "{app}/user-settings", "{app}/auth/login"
    ),
    Spoilt(
      "an address that is typed into the app is registered", "dockhand", #""{app}/api/auth/oidc/callback"]"#,
      #""{app}/elsewhere"]"#),
    Spoilt("an address that is typed into the app is registered", "grafana", #"["{app}/login"]"#, "[]"),
    Spoilt("an ID of ours in an address is one of the settings", "gitea", #""value": "sso""#, #""value": "id""#),
    Spoilt(
      "what could be sub is sub, or the notes say why not", "memos", #""Identifier", "value": "sub""#,
      #""Identifier", "value": "preferred_username""#),
    Spoilt("what could be sub is sub, or the notes say why not", "linkding", "OIDC_USERNAME_CLAIM only", "It only"),
    Spoilt(
      "what could be sub is sub, or the notes say why not", "dockhand", #""identity": "sub""#,
      #""identity": "username""#),
    Spoilt("an ID token as we sign it is accepted", "immich", #"["RS256"]"#, #"["ES256"]"#),
    Spoilt("an ID token as we sign it is accepted", "immich", #"["RS256"]"#, #"["RS256", "none"]"#),
    Spoilt("groups are asked for where they are used, and nowhere else", "arcane", #", "groups"]"#, "]"),
    Spoilt("groups are asked for where they are used, and nowhere else", "grist", #""email"]"#, #""email", "groups"]"#),
    Spoilt(
      "the scopes in a setting are those of the client", "grist", #""openid email profile""#, #""openid email""#),
    Spoilt(
      "the scopes in a setting are those of the client", "jellyfin", #"Scopes", "value": "groups""#,
      #"Scopes", "value": "offline_access""#),
    Spoilt("what people are recognised by is asked for", "linkace", #""profile", "email"]"#, #""profile"]"#),
    Spoilt("what people are recognised by is asked for", "actual-budget", #""profile", "email"]"#, #""email"]"#),
    Spoilt(
      "notes are short sentences for the reader, without remarks of ours", "linkace", #""notes": "W"#, #""notes": "w"#),
    Spoilt(
      "notes are short sentences for the reader, without remarks of ours", "linkace", #""notes": ""#,
      #""notes": "Taken from a second source. "#),
    Spoilt(
      "notes are short sentences for the reader, without remarks of ours", "linkace", #""notes": ""#,
      #""notes": "Unverified, or unverified. "#),
  ]

  @Test("a mistake in an entry is found", arguments: spoilt)
  func found(_ spoilt: Spoilt) throws {
    let rule = try #require(KnownAppRule.all.first { $0.name == spoilt.rule })
    #expect(try !rule.complaints(spoilt.read()).isEmpty)
  }

  @Test("every rule is tried with a mistake")
  func tried() {
    #expect(Set(Self.spoilt.map(\.rule)) == Set(KnownAppRule.all.map(\.name)))
  }
}
