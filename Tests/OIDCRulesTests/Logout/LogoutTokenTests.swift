import Encodings
import Foundation
import OIDCRules
import Testing

@Suite("Telling apps that a session is over")
struct LogoutTokenTests {
  private let payload = LogoutToken.payload(
    issuer: Valid.issuer, clientID: "app", userID: "user-1", sessionID: "session-1", tokenID: "j-1", now: Valid.start)

  @Test("a logout token says what Back-Channel Logout §2.4 asks for, and no nonce")
  func claims() throws {
    let now = Int64(Valid.start.timeIntervalSince1970)
    #expect(
      payload == [
        "iss": .string(Valid.issuer), "aud": "app", "iat": .integer(now), "exp": .integer(now + 120), "jti": "j-1",
        "sub": "user-1", "sid": "session-1", "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
      ])
  }

  @Test("a logout token is neither a hint nor an access token (cross-use)")
  func crossUse() throws {
    let key = try TestKeys.ec.get()
    let token = try JWS.sign(payload, type: LogoutToken.headerType, with: key)
    #expect(IDTokenHint(token, keys: [key.verificationKey], issuer: Valid.issuer) == nil)
    #expect(
      (try? VerifiedAccessToken.read(
        token, keys: [key.verificationKey], issuer: Valid.issuer, now: Valid.start)) == nil)
  }

  @Test("an answer of 2xx is enough, 400 is final, anything else is tried again, later each time")
  func verdicts() {
    for status in [200, 202, 204] { #expect(LogoutNoticeRules.verdict(.status(status), attempts: 1) == .told) }
    #expect(LogoutNoticeRules.verdict(.status(400), attempts: 1) == .refused)
    for status in [301, 302, 401, 404, 429, 500, 501, 503] {
      #expect(LogoutNoticeRules.verdict(.status(status), attempts: 1) == .again(seconds: 5))
    }
    #expect(LogoutNoticeRules.verdict(.none, attempts: 2) == .again(seconds: 20))
    #expect(LogoutNoticeRules.verdict(.none, attempts: 1000) == .again(seconds: 3600))
    #expect(LogoutNoticeRules.verdict(.none, attempts: 0) == .again(seconds: 5))
  }

  @Test("a frame has issuer and session beside the address's own query, and the origin that may be framed")
  func frames() throws {
    let frame = try #require(
      FrontchannelFrame(
        registered: "https://App.example:8443/out?app=1", issuer: "https://id.example", sessionID: "s-1"))
    #expect(frame.location == "https://App.example:8443/out?app=1&iss=https%3A%2F%2Fid.example&sid=s-1")
    #expect(frame.origin == "https://app.example:8443")
    #expect(FrontchannelFrame(registered: "javascript:1", issuer: "i", sessionID: "s") == nil)
    #expect(FrontchannelFrame(registered: "app.x:///out", issuer: "i", sessionID: "s") == nil)
  }
}
