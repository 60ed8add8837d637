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
  /// The refresh token grant (RFC 6749 §6). The successor is derived from the presented token, so that it can be given
  /// again to a client that lost the response, and is stored only as a hash.
  func renew(
    _ grant: RefreshTokenRequest, by credentials: PresentedCredentials, _ facts: inout TokenFacts, _ call: Call
  ) async throws -> JSONValue {
    facts.reuse = .refreshTokenReused
    let names = TokenNames(presented: grant.token, derived)
    let hash = Data(Digest.sha256(grant.token))
    let read = RefreshTokens.ForRefresh(
      clientID: credentials.clientID, tokenHash: hash, successorHash: names.refreshTokenHash)
    // A second round is only needed if another request used the token between our read and our write.
    for _ in 0..<2 {
      let row = try await store.first(read, call)
      facts.client = row?.client
      facts.grant = row?.token?.grant
      let authenticated = try await authenticated(credentials, row?.client, call)
      let renewable = try RefreshTokenGrant.renewable(
        row?.token, for: grant, by: authenticated, requestID: call.id.bytes,
        now: row?.client.now ?? clock.now())
      guard let row, let token = row.token, let person = token.grant.person else { break }
      let answer = try await answer(
        TokenSubject(
          issuer: settings.issuer, grant: token.grant, scopes: renewable.scopes,
          userinfoOnly: row.client.userinfoOnly), person, row.client, grant: token.grant.id, names: names,
        now: token.use?.at ?? row.client.now)
      if renewable.isRepeat { return answer }
      let rotate = RefreshTokens.Rotate(
        grant: token.grant.id, tokenHash: hash, request: call.id, proof: authenticated.proof,
        successorHash: names.refreshTokenHash, successorSeconds: row.client.refreshTokenLifetime,
        tokenSeconds: row.client.longestLifetime)
      if try await store.write(rotate, call).count == 1 { return answer }
    }
    throw OAuthError(.invalidGrant, "The refresh token is unknown or no longer valid.")
  }
}
