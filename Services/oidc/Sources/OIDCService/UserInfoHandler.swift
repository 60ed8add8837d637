import Foundation
import LatchkeyProtocol
import LatchkeyWords
import OIDCFacts
import OIDCRules
import ServiceKit
import ServiceStore
import Store

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
      let live = try await store.first(Authorizations.Live(id: id, tokenID: verified.id.text), call),
      live.clientID == verified.clientID, live.person.id == verified.subject
    else {
      // The token is one of ours: what it says of user and client is true, and worth a line in the record.
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

  /// OpenID Connect Discovery §4.
  func metadata(_ message: OIDC.Metadata, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let paths = message.paths
    let discovery = Discovery(
      issuer: settings.issuer, internalURL: settings.internalURL,
      paths: (
        paths.authorization, paths.token, paths.userInfo, paths.introspection, paths.revocation, paths.endSession,
        paths.keys
      ), locales: Language.all.map(\.tag))
    return .published(discovery.document)
  }

  /// RFC 7517 §5.
  func keys(_ message: OIDC.Keys, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    .published(PublicJWK.set(await keyRing.published().map(\.jwk)))
  }
}
