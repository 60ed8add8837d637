import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct ConsentTests {
  private struct Surprise: Error {}

  private func consents(_ flow: Flow, of user: UserID? = nil, call: Call? = nil) async throws
    -> OIDC.ListConsents.Response
  {
    try await flow.world.oidc.send(OIDC.ListConsents(user: user, page: .init()), call ?? flow.browser.call())
  }

  @Test("the first authorization is recorded as new, each later one as one more, in the statement that issues the code")
  func recorded() async throws {
    let flow = try await Flow.start()
    let code = try await flow.code()
    #expect(!code.isEmpty)
    #expect(try await flow.world.recorded(.newClientAuthorization) == 1)
    _ = try await flow.code()
    _ = try await flow.code(["scope": "openid email profile", "prompt": "consent"])
    #expect(try await flow.world.recorded(.clientAuthorization) == 1)
    #expect(try await flow.world.recorded(.newClientAuthorization) == 2, "new scopes are a new consent")
    let id = RequestID()
    _ = try await flow.authorize(id: id)
    _ = try await flow.authorize(id: id)
    #expect(try await flow.world.recorded(.clientAuthorization) == 2, "a repeated request is one authorization")
  }

  @Test("a consent is listed with its scopes, and taken back everything that it gave dies at once")
  func takenBack() async throws {
    let flow = try await Flow.start()
    let tokens = try await flow.exchange(try await flow.code())
    let unspent = try await flow.code()
    guard case .consents(let page) = try await consents(flow) else { throw Surprise() }
    #expect(page.total == 1 && page.items.first?.client.id == "grafana")
    #expect(page.items.first?.scopes == ["email", "openid"] || page.items.first?.scopes == ["openid", "email"])
    let id = RequestID()
    let revoke = OIDC.RevokeConsent(clientID: "grafana")
    #expect(try await flow.world.oidc.send(revoke, flow.browser.call(id: id)) == .revoked)
    #expect(try await flow.world.otherOIDC.send(revoke, flow.browser.call(id: id)) == .revoked, "repeated")
    #expect(try await flow.world.oidc.send(revoke, flow.browser.call()) == .notFound)
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    #expect(try await flow.exchange(unspent).error == "invalid_grant")
    // Agreeing anew gives new tokens and brings no old one back.
    let again = try await flow.exchange(try await flow.code())
    #expect(try await flow.userInfo(again.accessToken).error == nil)
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
    #expect(try await flow.world.recorded(.clientAuthorizationRevoked) == 1)
  }

  @Test("an app that asks for no consent is given none: once it asks, everybody is asked")
  func skipped() async throws {
    let flow = try await Flow.start { $0.skipConsent = true }
    _ = try await flow.exchange(try await flow.code())
    let tokens = try await flow.exchange(try await flow.code())
    #expect(try await flow.world.recorded(.newClientAuthorization) == 1)
    #expect(try await flow.world.recorded(.clientAuthorization) == 1)
    guard case .consents(let page) = try await consents(flow), let listed = page.items.first else { throw Surprise() }
    #expect(page.total == 1 && listed.scopes.isEmpty, "it is listed, with nothing agreed to")
    try await flow.world.sql("UPDATE clients SET skip_consent = false")
    guard case .interact(.stored(let id)) = try await flow.authorize(),
      case .step(let asked) = try await flow.world.oidc.send(OIDC.ViewInteraction(id: id), flow.browser.call())
    else { throw Surprise() }
    #expect(asked.currentStep == .consent)
    #expect(try await flow.userInfo(tokens.accessToken).error == nil, "what was given lives on")
    #expect(
      try await flow.world.oidc.send(OIDC.RevokeConsent(clientID: "grafana"), flow.browser.call()) == .revoked)
    #expect(try await flow.userInfo(tokens.accessToken).error == "invalid_token")
  }

  @Test("nobody sees or takes back what another agreed to, except administrators, who may look")
  func others() async throws {
    let flow = try await Flow.start()
    _ = try await flow.code()
    guard case .signedIn(let user, _) = try await flow.world.auth.send(Auth.CurrentSession(), flow.browser.call())
    else {
      throw Surprise()
    }
    #expect(try await consents(flow, call: flow.world.call()) == .denied(.notSignedIn))
    guard case .consents = try await consents(flow, of: user.id) else { throw Surprise() }
    let stranger = UserID(UUID())
    try await flow.world.sql("UPDATE users SET is_admin = false")
    #expect(try await consents(flow, of: stranger) == .denied(.notAdministrator))
    guard case .consents = try await consents(flow, of: user.id) else { throw Surprise() }
    #expect(
      try await flow.world.oidc.send(OIDC.RevokeConsent(clientID: "grafana"), flow.world.call()) == .notSignedIn)
  }

  @Test("the apps that one may use are those without restriction, and those of one's groups")
  func accessible() async throws {
    let flow = try await Flow.start()
    var settings = Admin.ClientSettings(name: "Vault", callbackURLs: [])
    settings.isGroupRestricted = true
    _ = try await flow.browser.createClient(id: "vault", settings)
    func names() async throws -> [String] {
      let list = OIDC.ListAccessibleClients(page: .init())
      guard case .clients(let page) = try await flow.world.oidc.send(list, flow.browser.call())
      else { throw Surprise() }
      return page.items.map(\.client.name)
    }
    #expect(try await names() == ["Grafana"])
    try await flow.world.sql(
      """
      INSERT INTO user_groups (id, name, friendly_name) VALUES (gen_random_uuid(), 'family', 'Family');
      INSERT INTO user_groups_users (group_id, user_id) SELECT g.id, u.id FROM user_groups g, users u;
      INSERT INTO clients_allowed_groups (client_id, group_id) SELECT 'vault', id FROM user_groups
      """)
    #expect(try await names() == ["Grafana", "Vault"])
    #expect(
      try await flow.world.oidc.send(OIDC.ListAccessibleClients(page: .init()), flow.world.call()) == .notSignedIn)
  }

  @Test("custom claims come with profile, the user's over the groups'; nothing of ours can be replaced")
  func customClaims() async throws {
    let flow = try await Flow.start()
    try await flow.world.sql(
      """
      INSERT INTO user_groups (id, name, friendly_name)
        VALUES (gen_random_uuid(), 'alpha', 'Zeta'), (gen_random_uuid(), 'beta', 'Alpha');
      INSERT INTO user_groups_users (group_id, user_id) SELECT g.id, u.id FROM user_groups g, users u;
      INSERT INTO custom_claims (group_id, key, value) SELECT id, 'team', name FROM user_groups;
      INSERT INTO custom_claims (group_id, key, value) SELECT id, 'quota', '5' FROM user_groups;
      INSERT INTO custom_claims (user_id, key, value) SELECT id, 'quota', '{"gb": 10}' FROM users;
      INSERT INTO custom_claims (user_id, key, value) SELECT id, k, 'evil' FROM users,
        unnest(ARRAY['sub', 'picture', 'sid', 'scope', 'at_hash', 'rat', 'email', 'acr', 'iss']) k
      """)
    let tokens = try await flow.exchange(try await flow.code(["scope": "openid profile"]))
    let info = try await flow.userInfo(tokens.accessToken).tokens
    for claims in [tokens.idToken, info] {
      #expect(claims?["team"] == "beta", "the later group by name")
      #expect(claims?["quota"] == ["gb": 10])
      #expect(claims?.object?.values.contains("evil") == false)
    }
    let without = try await flow.exchange(try await flow.code(["scope": "openid email"]))
    #expect(without.idToken?["team"] == nil)
  }

  @Test("a preview says what tokens say, and issues nothing")
  func preview() async throws {
    let flow = try await Flow.start()
    guard case .signedIn(let user, _) = try await flow.world.auth.send(Auth.CurrentSession(), flow.browser.call())
    else {
      throw Surprise()
    }
    let message = OIDC.PreviewTokens(clientID: "grafana", user: user.id, scope: "openid email")
    guard case .preview(let preview) = try await flow.world.oidc.send(message, flow.browser.call()) else {
      throw Surprise()
    }
    let tokens = try await flow.exchange(try await flow.code())
    let info = try await flow.userInfo(tokens.accessToken).tokens
    #expect(preview.userInfo == info)
    let real = Set(tokens.idToken?.object?.keys ?? [:].keys).subtracting(["nonce", "at_hash"])
    #expect(Set(preview.idToken.object?.keys ?? [:].keys) == real)
    #expect(preview.accessToken["scope"] == "openid email" && preview.accessToken["client_id"] == "grafana")
    try await flow.world.sql("UPDATE clients SET is_group_restricted = true")
    #expect(try await flow.world.oidc.send(message, flow.browser.call()) == .notAllowed)
    #expect(try await flow.world.oidc.send(message, flow.world.call()) == .denied(.notSignedIn))
    let unknown = OIDC.PreviewTokens(clientID: "nobody", user: user.id, scope: "openid")
    #expect(try await flow.world.oidc.send(unknown, flow.browser.call()) == .notFound)
  }

  @Test("a secret of one's own authenticates, is kept under a key, runs out, and its use is noted")
  func chosenSecret() async throws {
    var flow = try await Flow.start()
    try await flow.browser.prove(.clientSecret)
    let chosen = Secret("correct horse battery")
    let create = Admin.CreateClientSecret(clientID: "grafana", secret: chosen, expiresAt: nil)
    guard case .created(let made) = try await flow.world.admin.send(create, flow.browser.call()) else {
      throw Surprise()
    }
    #expect(made.secret == chosen && made.details.prefix == "corr")
    let code = try await flow.code()
    #expect(try await flow.exchange(code, ["client_secret": "correct horse batterz"]).error == "invalid_client")
    #expect(try await flow.exchange(code, ["client_secret": chosen.exposed]).error == nil)
    guard
      case .client(let client) = try await flow.world.admin.send(Admin.GetClient(id: "grafana"), flow.browser.call())
    else { throw Surprise() }
    #expect(client.secrets.first { $0.id == made.details.id }?.lastUsedAt != nil)
    #expect(client.secrets.first { $0.id != made.details.id }?.lastUsedAt == nil)
    try await flow.world.sql("UPDATE client_secrets SET expires_at = now() - interval '1 second' WHERE prefix = 'corr'")
    let next = try await flow.code()
    #expect(try await flow.exchange(next, ["client_secret": chosen.exposed]).error == "invalid_client")
    // A wrong secret concerns a client that is known: it stands in the record, without the secret.
    let refusals = try await flow.world.recorded().filter { $0.event == "TOKEN_REFUSED" }
    #expect(refusals.count == 2 && refusals.allSatisfy { !$0.data.contains("horse") })
  }
}
