import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("The client credentials grant")
struct ClientCredentialsGrantTests {
  private func grant(_ id: String = "app", isPublic: Bool = false, scope: String? = nil) throws -> ClientGrant {
    var form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", Valid.secret)]
    if let scope { form.append(("scope", scope)) }
    let checked = try TokenRequest(
      ReceivedForm(authorization: [], form: try FormParameters(pairs: form), hasQuery: false)
    ).checked()
    guard case .clientCredentials(let grant) = checked.grant else { throw OAuthError(.serverError, "no grant") }
    let client = try checked.credentials.authenticated(
      by: ClientCredentials(id: id, isPublic: isPublic, secrets: Valid.credentials.secrets), now: Valid.start)
    return try ClientCredentialsGrant.granted(grant, to: client)
  }

  private func token(_ id: String = "app") throws -> String {
    let payload = AccessToken.payload(
      issuer: Valid.issuer, grant: try grant(id), tokenID: AccessTokenID(ofClient: Array(0..<16)), lifetime: 60,
      now: Valid.start)
    return try JWS.sign(payload, type: AccessToken.headerType, with: try TestKeys.ec.get())
  }

  @Test("a confidential client acts on its own behalf, a public one cannot")
  func confidential() throws {
    #expect(try grant().client.id == "app")
    #expect(throws: OAuthError(.unauthorizedClient, "A public client cannot act on its own behalf.")) {
      try grant(isPublic: true)
    }
  }

  @Test("no scope about a person is granted")
  func scopes() throws {
    #expect(try grant(scope: "openid profile email groups offline_access").scopes == [])
    #expect(try grant().scopes == [])
  }

  @Test("its token names the client alone: as subject in a form of its own, and as the only audience")
  func payload() throws {
    let verified = try VerifiedAccessToken.read(
      token(), keys: [try TestKeys.ec.get().verificationKey], issuer: Valid.issuer, now: Valid.start)
    #expect(verified.subject == "client-app" && verified.clientID == "app" && verified.audience == ["app"])
    #expect(verified.scopes == [] && verified.id.authorization == nil)
  }

  @Test(
    "GHSA-q4xm-p75h-h9p3: it is no token for userinfo, whatever the client is called", arguments: ["app", Valid.issuer])
  func audienceConfusion(_ id: String) throws {
    let refusal = OAuthError(
      .invalidToken, "The access token is not meant for this endpoint.", answer: .bearerChallenge)
    #expect(throws: refusal) {
      try VerifiedAccessToken.readForUserInfo(
        token(id), keys: [try TestKeys.ec.get().verificationKey], issuer: Valid.issuer, now: Valid.start)
    }
  }
}
