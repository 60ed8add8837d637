import Encodings
import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import Postgres
import ServiceKit
import ServiceStore
import Store

// Consent/ owns the consents that users gave to apps, as they see and revoke them, and the preview of an app's tokens.
// It must not know how a consent comes about: Authorize/ asks for it and writes it.

extension OIDCService {
  func listConsents(
    _ message: OIDC.ListConsents, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ListConsents.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    let user = message.user ?? principal.user.id
    guard user == principal.user.id || principal.user.isAdmin else { return .denied(.notAdministrator) }
    return .consents(try await store.page(message.page, call) { Consents.List(Consents.Query(user, $0)) })
  }

  func listAccessibleClients(
    _ message: OIDC.ListAccessibleClients, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ListAccessibleClients.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    let page = try await store.page(message.page, call) { Consents.Accessible(Consents.Query(principal.user.id, $0)) }
    return .clients(page)
  }

  func revokeConsent(
    _ message: OIDC.RevokeConsent, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.RevokeConsent.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    var entry = AuditEntry(.clientAuthorizationRevoked, call, of: principal)
    entry.clientID = message.clientID
    let revoke = Consents.Revoke(user: principal.user.id, clientID: message.clientID, entry: entry)
    return try await store.write(revoke, call).rows.isEmpty ? .notFound : .revoked
  }

  /// The claims come from the code that makes those of real tokens.
  func previewTokens(
    _ message: OIDC.PreviewTokens, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.PreviewTokens.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      let scopes: [String]
      do throws(OAuthError) {
        scopes = try Scope.granted(from: message.scope)
      } catch {
        return .invalid(FieldProblem("scopes", "invalid", error.description))
      }
      guard let row = try await store.first(Consents.Preview(clientID: message.clientID, user: message.user), call)
      else {
        return .notFound
      }
      guard row.admitted else { return .notAllowed }
      let user = row.person.pictured(at: settings.issuer)
      let now = clock.now()
      // As right after a sign-in with a passkey, in a session that does not exist.
      let subject = TokenSubject(
        issuer: settings.issuer, clientID: message.clientID, userID: user.id,
        sessionID: derivedUUID("preview-session", call).uuidString.lowercased(), scopes: scopes, authenticatedAt: now,
        amr: [AMR.phishingResistant, AMR.possession, AMR.userVerified, AMR.multipleFactors], nonce: nil,
        userinfoOnly: row.userinfoOnly)
      let idToken = IDToken.payload(
        subject, user: user, tokenID: derivedUUID("id-token", call).uuidString.lowercased(), accessToken: nil,
        algorithm: SigningAlgorithm(rawValue: row.idTokenAlgorithm) ?? .rs256, now: now)
      let accessToken = AccessToken.payload(
        subject, tokenID: AccessTokenID(authorization: derivedUUID("authorization", call), bytes: call.id.bytes),
        lifetime: TimeInterval(row.accessTokenMinutes * 60), now: now)
      let userInfo = UserInfo.payload(subject: user.id, scopes: scopes, user: user)
      return .preview(
        OIDC.PreviewTokens.Preview(
          idToken: .object(idToken), accessToken: .object(accessToken),
          userInfo: .object(userInfo),
          idTokenHeader: ["alg": .string(row.idTokenAlgorithm), "typ": .string(IDToken.headerType)],
          accessTokenHeader: ["alg": .string(row.accessTokenAlgorithm), "typ": .string(AccessToken.headerType)]))
    }
  }
}
