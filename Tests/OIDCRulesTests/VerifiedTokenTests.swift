import Encodings
import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("Tokens that come back")
struct VerifiedTokenTests {
  private func accessToken(
    _ changes: [String: JSONValue?] = [:], type: String = AccessToken.headerType
  ) throws -> String {
    var payload = AccessToken.payload(
      Valid.subject, tokenID: Valid.tokenID, lifetime: 60, now: Valid.start)
    for (name, value) in changes { payload[name] = value }
    return try JWS.sign(payload, type: type, with: try TestKeys.ec.get())
  }

  private func error(_ token: String, after: TimeInterval = 0) throws -> OAuthError? {
    let keys = [try TestKeys.ec.get().verificationKey]
    return refusal(OAuthError.self) { () throws(OAuthError) in
      try VerifiedAccessToken.readForUserInfo(
        token, keys: keys, issuer: Valid.issuer, now: Valid.start.addingTimeInterval(after))
    }
  }

  @Test("a valid access token says whose it is, and userinfo answers with that subject")
  func valid() throws {
    let token = try VerifiedAccessToken.readForUserInfo(
      accessToken(), keys: [try TestKeys.ec.get().verificationKey], issuer: Valid.issuer, now: Valid.start)
    #expect(token.id == Valid.tokenID && token.subject == "user-1" && token.clientID == "app")
    let info = UserInfo.payload(token, user: Valid.user())
    #expect(info["sub"] == "user-1" && info["given_name"] == "Ada" && info["email"] == nil && info["iss"] == nil)
  }

  @Test("an access token is refused for its reason, as a Bearer challenge")
  func refused() throws {
    for (changes, code, sentence) in [
      (["iss": "https://evil.example"], .invalidToken, "The access token is from another issuer."),
      (["exp": nil], .invalidToken, "The access token has expired."),
      (["exp": "1900000000"], .invalidToken, "The access token has expired."),
      (["aud": "app"], .invalidToken, "The access token is not meant for this endpoint."),
      (["aud": nil], .invalidToken, "The access token is incomplete."),
      (["aud": []], .invalidToken, "The access token is not meant for this endpoint."),
      (["jti": "j-1"], .invalidToken, "The access token is incomplete."),
      (["sub": "client-app"], .invalidToken, "The access token is incomplete."),
      (["jti": nil], .invalidToken, "The access token is incomplete."),
      (["sub": nil], .invalidToken, "The access token is incomplete."),
      (["scope": "profile"], .insufficientScope, "The access token lacks the scope openid."),
    ] as [([String: JSONValue?], OAuthError.Code, String)] {
      #expect(try error(try accessToken(changes)) == OAuthError(code, sentence, answer: .bearerChallenge))
    }
    #expect(try error(accessToken(), after: 59) == nil)
    #expect(try error(accessToken(), after: 60)?.description == "The access token has expired.")
  }

  @Test("an ID token is no access token, and an access token no hint (cross-use)")
  func crossUse() throws {
    let key = try TestKeys.ec.get()
    let payload = IDToken.payload(
      Valid.subject, user: Valid.user(), tokenID: "j",
      accessToken: nil, algorithm: .es256, now: Valid.start)
    let idToken = try JWS.sign(payload, type: IDToken.headerType, with: key)
    #expect(try error(idToken)?.code == .invalidToken)
    let hint = try #require(IDTokenHint(idToken, keys: [key.verificationKey], issuer: Valid.issuer))
    #expect(hint.subject == "user-1" && hint.audience == ["app"] && hint.sessionID == "session-1")
    #expect(IDTokenHint(try accessToken(), keys: [key.verificationKey], issuer: Valid.issuer) == nil)
    #expect(IDTokenHint(idToken, keys: [key.verificationKey], issuer: "https://other.example") == nil)
    #expect(IDTokenHint(idToken, keys: [], issuer: Valid.issuer) == nil)
  }
}

@Suite("Access token ids")
struct AccessTokenIDTests {
  @Test("a person's leads to its authorization, a client's own leads nowhere, and both are read back")
  func kinds() {
    let own = AccessTokenID(ofClient: Array(0..<32))
    #expect(Valid.tokenID.text == "01020304-0506-0708-090a-0b0c0d0e0f10.AAECAwQFBgc")
    #expect(own.text.count == 22 && own.authorization == nil)
    for id in [Valid.tokenID, own] { #expect(AccessTokenID(id.text) == id) }
    #expect(AccessTokenID(Valid.tokenID.text)?.authorization == Valid.authorization)
  }

  @Test(
    "what is neither is none",
    arguments: [
      "", ".", "01020304-0506-0708-090a-0b0c0d0e0f10", "01020304-0506-0708-090a-0b0c0d0e0f10.", "x.AAECAwQFBgc",
      "01020304-0506-0708-090a-0b0c0d0e0f10.AAECAwQFBgc.x", "AAECAwQFBgc",
    ])
  func neither(_ text: String) {
    #expect(AccessTokenID(text) == nil)
  }
}
