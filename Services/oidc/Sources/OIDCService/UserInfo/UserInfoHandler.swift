import Encodings
import Foundation
import LatchkeyProtocol
import LatchkeyWords
import OIDCFacts
import OIDCRules
import ServiceKit
import ServiceStore
import Store

// UserInfo/ owns what an access token tells about its user (OpenID Connect Core §5.3).
// It must not know clients' credentials: anyone who holds the token may ask.

extension OIDCService {
  /// The userinfo endpoint (OpenID Connect Core §5.3). A token counts while its authorization, user, client and consent
  /// live, in the one statement that reads them.
  func userInfo(_ message: OIDC.UserInfo, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let dead = OAuthError(.invalidToken, "The access token is no longer valid.", answer: .bearerChallenge)
    let verified: VerifiedAccessToken
    do {
      let token = try BearerToken.read(
        authorization: message.authorization.map(\.exposed),
        posted: message.form.filter { $0.name == "access_token" }.map(\.value))
      guard let token else { return .tokenNeeded(realm: settings.issuer) }
      verified = try VerifiedAccessToken.readForUserInfo(
        token, keys: await keyRing.current.verifying, issuer: settings.issuer, now: clock.now())
    } catch {
      return refused(error)
    }
    guard let id = verified.id.authorization,
      let live = try await store.first(Grants.Live(id: id, tokenID: verified.id.text), call),
      live.clientID == verified.clientID, live.person.id == verified.subject
    else {
      // The token is one of ours: what it says of user and client is true, and worth an audit log entry.
      var entry = AuditEntry(.tokenRefused, call)
      entry.userID = UserID(verified.subject)
      entry.clientID = verified.clientID
      entry.data = ["error": dead.code.rawValue, "reason": dead.description]
      await store.note(OIDCRefusals.Note(entry), call)
      return refused(dead)
    }
    return .json(
      .object(
        UserInfo.payload(
          verified, user: live.person.pictured(at: settings.issuer), claims: ClaimsParameter(stored: live.claims))
      ))
  }
}
