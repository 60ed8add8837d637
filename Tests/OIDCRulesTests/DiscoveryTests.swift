import Encodings
import OIDCRules
import Testing

@Suite("Discovery")
struct DiscoveryTests {
  private let document = Discovery(
    issuer: "https://id.example", internalURL: "http://latchkey:1411",
    paths: (
      authorization: "/authorize", token: "/api/oidc/token", userInfo: "/api/oidc/userinfo",
      introspection: "/api/oidc/introspect", revocation: "/api/oidc/revoke", endSession: "/api/oidc/end-session",
      keys: "/.well-known/jwks.json"
    ), locales: ["en", "zh-CN"]
  ).document

  @Test("every member, and nothing that does not work yet")
  func members() throws {
    #expect(
      document == [
        "issuer": "https://id.example",
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "http://latchkey:1411/api/oidc/token",
        "userinfo_endpoint": "http://latchkey:1411/api/oidc/userinfo",
        "end_session_endpoint": "https://id.example/api/oidc/end-session",
        "jwks_uri": "http://latchkey:1411/.well-known/jwks.json",
        "introspection_endpoint": "http://latchkey:1411/api/oidc/introspect",
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "Bearer"],
        "revocation_endpoint": "http://latchkey:1411/api/oidc/revoke",
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "scopes_supported": ["openid", "profile", "email", "groups", "offline_access"],
        "claims_supported": [
          "sub", "given_name", "family_name", "name", "display_name", "email", "email_verified", "preferred_username",
          "picture", "locale", "updated_at", "groups", "auth_time", "amr", "acr",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "ES384", "EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["en", "zh-CN"], "acr_values_supported": ["phr"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
      ])
  }
}
