import Crypto
import Encodings
import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("Claims")
struct ClaimsTests {
  private func claims(_ scopes: [String], _ user: UserFacts = Valid.user()) -> [String: JSONValue] {
    Claims.released(to: scopes, about: user)
  }

  @Test("each scope releases its own claims, under Pocket ID's names")
  func scopes() {
    #expect(claims(["openid"]) == [:])
    #expect(
      claims(["profile"]) == [
        "given_name": "Ada", "family_name": "Lovelace", "name": "Ada Lovelace", "display_name": "Ada L.",
        "preferred_username": "ada", "picture": "https://id.example.com/api/users/user-1/profile-picture.png",
        "locale": "en", "updated_at": 1_799_000_000,
      ])
    #expect(claims(["email"]) == ["email": "ada@example.com", "email_verified": true])
    #expect(claims(["groups"]) == ["groups": ["staff"]])
    #expect(claims(["groups"], Valid.user(groups: [])) == ["groups": []])
  }

  @Test("email_verified is said only about an address", arguments: [nil, ""] as [String?])
  func noEmail(_ email: String?) {
    #expect(claims(["email"], Valid.user(email: email)) == [:])
  }

  @Test("names that are empty are left out, and a missing name falls back to the display name")
  func emptyNames() {
    let user = UserFacts(
      id: "u", username: "ada", email: nil, emailVerified: false, firstName: "", lastName: "", displayName: "Ada",
      groups: [])
    let claims = claims(["profile"], user)
    #expect(claims["given_name"] == nil && claims["family_name"] == nil && claims["name"] == "Ada")
  }

  @Test("custom claims come with profile: JSON as JSON, text as text, the user's over the groups'")
  func custom() {
    let user = Valid.user(
      groupClaims: [
        StoredClaim(key: "quota", value: "5"), StoredClaim(key: "team", value: "red"),
        StoredClaim(key: "team", value: "blue"),
      ],
      userClaims: [
        StoredClaim(key: "quota", value: "10"), StoredClaim(key: "roles", value: #"["a",{"b":null}]"#),
        StoredClaim(key: "flag", value: "true"), StoredClaim(key: "note", value: "{not json"),
      ])
    let claims = claims(["profile"], user)
    #expect(claims["quota"] == 10 && claims["team"] == "blue" && claims["flag"] == true)
    #expect(claims["roles"] == ["a", ["b": .null]] && claims["note"] == "{not json")
    #expect(self.claims(["openid", "email"], user)["quota"] == nil)
  }

  @Test("a custom claim never takes a reserved or a protocol name, saved or imported")
  func reserved() {
    let names = Claims.reservedNames.union(["sid", "at_hash", "rat", "scope", "scp", "cnf", "act", "events", "picture"])
    let user = Valid.user(email: nil, userClaims: names.map { StoredClaim(key: $0, value: "evil") })
    let released = claims(["profile", "email"], user)
    #expect(released.values.allSatisfy { $0 != "evil" })
    #expect(released.count == 8)
  }
}

extension ClaimsTests {
  @Test("an address that was chosen for the picture takes the place of ours, and only with the profile")
  func picture() {
    func picture(_ value: String, _ scopes: [String]) -> JSONValue? {
      Claims.released(
        to: scopes, about: Valid.user(userClaims: [StoredClaim(key: "picture", value: value)]))["picture"]
    }
    #expect(picture("https://cdn.example/ada.png", ["profile"]) == "https://cdn.example/ada.png")
    for none in ["7", "ada.png", "javascript:alert(1)"] {
      #expect(picture(none, ["profile"]) == "https://id.example.com/api/users/user-1/profile-picture.png", "no address")
    }
    #expect(picture("https://cdn.example/ada.png", ["email"]) == nil)
  }
}

@Suite("Claims asked for one by one")
struct RequestedClaimsTests {
  private let user = Valid.user(userClaims: [StoredClaim(key: "quota", value: "5")])

  private func idToken(_ claims: String, scopes: [String] = ["openid"], userinfoOnly: Bool = false) -> [String:
    JSONValue]
  {
    let subject = TokenSubject(
      issuer: Valid.issuer, clientID: "app", userID: "user-1", sessionID: "s", scopes: scopes,
      authenticatedAt: Valid.start, amr: ["phr"], nonce: nil,
      claims: ClaimsParameter(stored: claims), userinfoOnly: userinfoOnly)
    return IDToken.payload(
      subject, user: user, tokenID: "j", accessToken: nil, algorithm: .rs256, now: Valid.start)
  }

  private func userInfo(_ claims: String, scopes: [String] = ["openid"]) -> [String: JSONValue] {
    UserInfo.payload(subject: "user-1", scopes: scopes, user: user, claims: ClaimsParameter(stored: claims))
  }

  @Test("a claim stands where it was asked for, and nowhere else (oidcc-claims-essential)")
  func places() {
    let claims = #"{"id_token":{"email":null},"userinfo":{"name":{"essential":true}}}"#
    #expect(idToken(claims)["email"] == "ada@example.com" && idToken(claims)["name"] == nil)
    #expect(userInfo(claims) == ["sub": "user-1", "name": "Ada Lovelace"])
  }

  @Test("one that was wanted otherwise than it is, or that nobody has, is left out and breaks nothing")
  func values() {
    #expect(userInfo(#"{"userinfo":{"email":{"value":"eve@example.com"},"birthdate":{"essential":true}}}"#).count == 1)
    #expect(userInfo(#"{"userinfo":{"email":{"values":["x","ada@example.com"]}}}"#)["email"] == "ada@example.com")
    #expect(userInfo(#"{"userinfo":{"name#ja":null,"phone_number":null,"address":null}}"#).count == 1)
  }

  @Test("a custom claim comes with profile only, and what we say ourselves cannot be asked for otherwise")
  func custom() {
    #expect(userInfo(#"{"userinfo":{"quota":null}}"#)["quota"] == nil)
    #expect(idToken(#"{"id_token":{"quota":null}}"#, scopes: ["openid", "profile"], userinfoOnly: true)["quota"] == 5)
    let token = idToken(#"{"id_token":{"iss":{"value":"evil"},"aud":{"value":"evil"},"sub":{"value":"evil"}}}"#)
    #expect(token["iss"] == .string(Valid.issuer) && token["aud"] == "app" && token["sub"] == "user-1")
  }

  @Test("for a client that wants it, what scopes release stands in userinfo alone (Core §5.4)")
  func userinfoOnly() {
    let scopes = ["openid", "profile", "email", "groups"]
    let token = idToken(#"{"id_token":{"email":null}}"#, scopes: scopes, userinfoOnly: true)
    #expect(token["name"] == nil && token["groups"] == nil && token["quota"] == nil)
    #expect(token["email"] == "ada@example.com" && token["email_verified"] == nil)
    #expect(token["auth_time"] != nil && token["amr"] == ["phr"] && token["acr"] == "phr")
    #expect(userInfo("{}", scopes: scopes)["groups"] == ["staff"])
  }

  @Test("what is kept is what was asked for, and nothing when nothing was")
  func stored() throws {
    #expect(try Valid.check(["claims": #"{"x":{"y":1}}"#]).claims?.stored == nil)
    let claims = try #require(try Valid.check(["claims": #"{"x":1,"userinfo":{"name":null}}"#]).claims)
    #expect(claims.stored == #"{"userinfo":{"name":null}}"#)
  }
}

@Suite("Token payloads")
struct TokenPayloadTests {
  private let subject = Valid.subject
  private let now = Valid.start.addingTimeInterval(0.9)

  private func idToken(_ subject: TokenSubject? = nil, accessToken: String? = "at") -> [String: JSONValue] {
    IDToken.payload(
      subject ?? self.subject, user: Valid.user(userClaims: [StoredClaim(key: "iss", value: "evil")]),
      tokenID: "j-1", accessToken: accessToken, algorithm: .rs256, now: now)
  }

  private func subject(scopes: [String], amr: [String] = ["phr"], nonce: String? = nil) -> TokenSubject {
    TokenSubject(
      issuer: Valid.issuer, clientID: "app", userID: "user-1", sessionID: "session-1", scopes: scopes,
      authenticatedAt: Valid.start, amr: amr, nonce: nonce)
  }

  @Test("an ID token says who, for whom, when and how")
  func idTokenPayload() {
    let token = idToken()
    #expect(token["iss"] == .string(Valid.issuer) && token["sub"] == "user-1" && token["aud"] == "app")
    #expect(token["iat"] == 1_800_000_000 && token["exp"] == 1_800_003_600)
    #expect(token["auth_time"] == 1_799_999_970)
    #expect(token["jti"] == "j-1" && token["sid"] == "session-1" && token["nonce"] == "n-1")
    #expect(token["amr"] == ["phr"] && token["acr"] == "phr")
    #expect(token["preferred_username"] == "ada" && token["email"] == nil && token["azp"] == nil)
  }

  @Test("an ID token has no claim of our own invention")
  func standardNames() {
    #expect(idToken()["rat"] == nil && idToken()["type"] == nil)
  }

  @Test("every name that we mint ourselves, but the picture's and the language's, is one that no custom claim may have")
  func mintedNamesAreReserved() {
    let all = subject(scopes: Scope.supported, nonce: "n")
    let user = Valid.user()
    let minted = [
      idToken(all), AccessToken.payload(all, tokenID: Valid.tokenID, lifetime: 60, now: now),
      UserInfo.payload(subject: "u", scopes: Scope.supported, user: user),
    ].flatMap(\.keys)
    #expect(Set(minted).subtracting(Claims.reservedNames) == ["picture", "locale"])
    #expect(Set(Claims.supported).subtracting(Claims.reservedNames) == ["picture", "locale"])
  }

  @Test("a locale may be given to whoever has chosen none")
  func givenLocale() {
    let given = [StoredClaim(key: "locale", value: "fr")]
    #expect(Claims.released(to: ["profile"], about: Valid.user(locale: nil, userClaims: given))["locale"] == "fr")
    #expect(Claims.released(to: ["profile"], about: Valid.user(userClaims: given))["locale"] == "en")
  }

  @Test("nonce only when sent, acr only for a passkey, amr only when known, at_hash only beside an access token")
  func conditional() {
    let token = idToken(subject(scopes: ["openid"], amr: ["otp"]), accessToken: nil)
    #expect(token["nonce"] == nil && token["acr"] == nil && token["amr"] == ["otp"] && token["at_hash"] == nil)
    #expect(idToken(subject(scopes: [], amr: []))["amr"] == nil)
  }

  @Test("at_hash is that of the example in OpenID Connect Core A.3")
  func halfHash() {
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    #expect(IDToken.halfHash(of: token, .rs256) == "77QmUPtjPfzWtF2AnpK9RQ")
    #expect(IDToken.halfHash(of: token, .ps256) == "77QmUPtjPfzWtF2AnpK9RQ")
    #expect(IDToken.halfHash(of: token, .es256) == "77QmUPtjPfzWtF2AnpK9RQ")
  }

  @Test("at_hash is made with the hash of the ID token's algorithm: SHA-384 with ES384, SHA-512 with Ed25519")
  func longerHalfHash() {
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    #expect(IDToken.halfHash(of: token, .es384) == "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs")
    #expect(IDToken.halfHash(of: token, .edDSA) == "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM")
  }

  @Test("an access token is RFC 9068's, with the issuer as an audience where userinfo may be asked")
  func accessToken() {
    let token = AccessToken.payload(subject, tokenID: Valid.tokenID, lifetime: 600, now: now)
    #expect(
      token == [
        "iss": .string(Valid.issuer), "sub": "user-1", "aud": ["app", .string(Valid.issuer)], "iat": 1_800_000_000,
        "exp": 1_800_000_600, "auth_time": 1_799_999_970, "jti": .string(Valid.tokenID.text),
        "client_id": "app", "scope": "openid profile", "scp": ["openid", "profile"], "amr": ["phr"], "acr": "phr",
      ])
    #expect(AccessToken.payload(subject(scopes: []), tokenID: Valid.tokenID, lifetime: 60, now: now)["aud"] == ["app"])
  }
}
