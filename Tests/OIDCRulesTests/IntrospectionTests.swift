import Encodings
import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("Questions about tokens, and taking them back")
struct IntrospectionTests {
  private func form(_ headers: [String], _ text: String) throws -> ReceivedForm {
    ReceivedForm(authorization: headers, form: try FormParameters(formEncoded: text), hasQuery: false)
  }

  private func error(_ headers: [String], _ text: String) throws -> OAuthError? {
    let request = IntrospectionRequest(try form(headers, text))
    return refusal(OAuthError.self) { () throws(OAuthError) in try request.checked() }
  }

  private static let basic = "Basic " + Data("app:x".utf8).base64EncodedString()

  @Test("a client asks by its secret or by a token of its own")
  func askers() throws {
    for (headers, text) in [([Self.basic], "token=t"), ([], "token=t&client_id=app&client_secret=x")] {
      guard case .client(let credentials) = try IntrospectionRequest(form(headers, text)).checked().asker else {
        Issue.record("no client")
        continue
      }
      #expect(credentials.clientID == "app" && credentials.secret == "x")
    }
    guard case .bearer("abc") = try IntrospectionRequest(form(["bEARER abc"], "token=t")).checked().asker else {
      Issue.record("no token")
      return
    }
  }

  @Test("by exactly one of them, and about exactly one token")
  func exactlyOne() throws {
    let two = "The client used more than one authentication method."
    #expect(try error(["Bearer abc"], "token=t&client_id=app&client_secret=x")?.description == two)
    #expect(try error([Self.basic], "token=t&client_secret=y")?.description == two)
    #expect(
      try error([Self.basic, "Bearer abc"], "token=t")?.description == "There are two Authorization headers.")
    #expect(try error([], "token=t") == OAuthError(.invalidClient, "The request names no client."))
    #expect(try error([Self.basic], "") == OAuthError(.invalidRequest, "The parameter 'token' is missing."))
    #expect(try error([Self.basic], "token=t&token=u")?.description == "The parameter 'token' was sent more than once.")
    #expect(try error(["Bearer"], "token=t")?.code == .invalidClient)
  }

  @Test("the hint is only a hint, and neither request prints its token")
  func hints() throws {
    for hint in ["access_token", "refresh_token", "nonsense"] {
      let asked = try IntrospectionRequest(form([Self.basic], "token=hunter2&token_type_hint=\(hint)")).checked()
      let revoked = try RevocationRequest(form([Self.basic], "token=hunter2&token_type_hint=\(hint)")).checked()
      #expect(asked.token == "hunter2" && revoked.token == "hunter2")
      var dumped = "\(asked) \(revoked)"
      dump(asked, to: &dumped)
      dump(revoked, to: &dumped)
      #expect(!dumped.contains("hunter2"))
    }
  }

  @Test("whoever sends no secret may take tokens back, and may not ask about them (RFC 7662 §4)")
  func publicClients() throws {
    let revocation = try RevocationRequest(form([], "token=t&client_id=app")).checked()
    let client = try revocation.credentials.authenticated(
      by: ClientCredentials(id: "app", isPublic: true, secrets: []), now: Valid.start)
    try Revocation.own("app", client)
    #expect(throws: OAuthError(.invalidGrant, "The token was not given to this client.")) {
      try Revocation.own("other", client)
    }
    #expect(
      refusal(OAuthError.self) { () throws(OAuthError) in try client.mayIntrospect() }?.code == .invalidClient)
  }

  @Test("an access token's answer is what the token says, and the username for whom profile was granted to")
  func accessToken() throws {
    func answer(_ scopes: [String]) throws -> [String: JSONValue] {
      let subject = TokenSubject(
        issuer: Valid.issuer, clientID: "app", userID: "user-1", sessionID: "s", scopes: scopes,
        authenticatedAt: Valid.start, amr: ["phr"], nonce: nil)
      let key = try TestKeys.ec.get()
      let token = try JWS.sign(
        AccessToken.payload(subject, tokenID: Valid.tokenID, lifetime: 60, now: Valid.start),
        type: AccessToken.headerType, with: key)
      return Introspection.payload(
        try VerifiedAccessToken.read(token, keys: [key.verificationKey], issuer: Valid.issuer, now: Valid.start),
        username: "ada")
    }
    #expect(
      try answer(["openid", "profile"]) == [
        "active": true, "token_type": "Bearer", "iss": .string(Valid.issuer), "sub": "user-1", "client_id": "app",
        "aud": ["app", .string(Valid.issuer)], "scope": "openid profile", "username": "ada", "exp": 1_800_000_060,
        "iat": 1_800_000_000, "auth_time": 1_800_000_000, "jti": .string(Valid.tokenID.text), "acr": "phr",
        "amr": ["phr"],
      ])
    #expect(try answer(["openid"])["username"] == nil)
  }

  @Test("a refresh token's answer names no type by which a resource could take it")
  func refreshToken() {
    let answer = Introspection.payload(
      refreshTokenOf: "app", scopes: ["profile"], issuer: Valid.issuer, userID: "user-1", username: "ada",
      issuedAt: Valid.start, expiresAt: Valid.start.addingTimeInterval(9))
    #expect(
      answer == [
        "active": true, "iss": .string(Valid.issuer), "sub": "user-1", "client_id": "app", "scope": "profile",
        "username": "ada", "exp": 1_800_000_009, "iat": 1_800_000_000,
      ])
    #expect(Introspection.inactive == ["active": false])
  }
}
