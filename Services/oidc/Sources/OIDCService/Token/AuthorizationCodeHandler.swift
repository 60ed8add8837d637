import Encodings
import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import Postgres
import ServiceKit
import ServiceStore
import Store

extension OIDCService {
  /// The authorization code grant (RFC 6749 §4.1.3).
  func redeem(
    _ grant: AuthorizationCodeRequest, by credentials: PresentedCredentials, _ facts: inout TokenFacts, _ call: Call
  ) async throws -> JSONValue {
    let read = Authorizations.ForExchange(
      clientID: credentials.clientID, codeHash: Data(Digest.sha256(grant.code)))
    let row = try await store.first(read, call)
    facts.client = row?.client
    facts.family = row?.code?.family
    let authenticated = try await authenticated(credentials, row?.client, call)
    let redeemable = try AuthorizationCodeGrant.redeemable(
      row?.code, for: grant, by: authenticated, requestID: call.id.bytes,
      now: row?.client.now ?? clock.now())
    guard let row, let code = row.code, let person = code.family.person else { throw AuthorizationCodeGrant.reused }
    let names = TokenNames(presented: grant.code, derived)
    let answer = try await answer(
      TokenSubject(
        issuer: settings.issuer, family: redeemable.code.family, nonce: code.nonce,
        userinfoOnly: row.client.userinfoOnly), person, row.client, family: code.family.id, names: names,
      now: code.spentAt ?? row.client.now)
    let spend = Authorizations.Spend(
      id: code.family.id, request: call.id, tokenSeconds: row.client.longestLifetime,
      refreshTokenHash: names.refreshTokenHash, refreshTokenSeconds: row.client.refreshTokenLifetime)
    // Another request spent it between our reading and our writing: the code was presented twice.
    guard try await store.write(spend, call).rows.count == 1 else { throw AuthorizationCodeGrant.reused }
    return answer
  }
}
