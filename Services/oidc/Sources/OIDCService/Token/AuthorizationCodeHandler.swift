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
    let read = Grants.ForExchange(
      clientID: credentials.clientID, codeHash: Data(Digest.sha256(grant.code)))
    let row = try await store.first(read, call)
    facts.client = row?.client
    facts.grant = row?.code?.grant
    let authenticated = try await authenticated(credentials, row?.client, call)
    let redeemable = try AuthorizationCodeGrant.redeemable(
      row?.code, for: grant, by: authenticated, requestID: call.id.bytes,
      now: row?.client.now ?? clock.now())
    guard let row, let code = row.code, let person = code.grant.person else { throw AuthorizationCodeGrant.reused }
    let names = TokenNames(presented: grant.code, derived)
    let answer = try await answer(
      TokenSubject(
        issuer: settings.issuer, grant: redeemable.code.grant, nonce: code.nonce,
        userinfoOnly: row.client.userinfoOnly), person, row.client, grant: code.grant.id, names: names,
      now: code.spentAt ?? row.client.now)
    let spend = Grants.Spend(
      id: code.grant.id, request: call.id, tokenSeconds: row.client.longestLifetime,
      refreshTokenHash: names.refreshTokenHash, refreshTokenSeconds: row.client.refreshTokenLifetime)
    // Another request spent it between our read and our write: the code was presented twice.
    guard try await store.write(spend, call).rows.count == 1 else { throw AuthorizationCodeGrant.reused }
    return answer
  }
}
