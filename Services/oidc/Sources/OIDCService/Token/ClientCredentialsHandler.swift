import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import ServiceStore
import Store

extension OIDCService {
  /// The client credentials grant (RFC 6749 §4.4): nothing is written, and no refresh token is given (§4.4.3).
  func grantOwn(
    _ grant: ClientCredentialsRequest, to credentials: PresentedCredentials, _ facts: inout TokenFacts, _ call: Call
  ) async throws -> JSONValue {
    let client = try await store.first(TokenClient.Get(id: credentials.clientID), call)
    facts.client = client
    let authenticated = try await authenticated(credentials, client, call)
    let granted = try ClientCredentialsGrant.granted(grant, to: authenticated)
    guard let client else { throw OAuthError(.invalidClient, "The client is unknown.") }
    let lifetime = client.accessTokenMinutes * 60
    let tokenID = AccessTokenID(ofClient: derived.hash("\(call.id)", purpose: "client-access-token"))
    let token = try JWS.sign(
      AccessToken.payload(
        issuer: settings.issuer, grant: granted, tokenID: tokenID, lifetime: TimeInterval(lifetime), now: client.now),
      type: AccessToken.headerType, with: await keyRing.current.signing(named: client.accessTokenAlgorithm))
    // The scope is stated even when empty, as in Pocket ID; RFC 6749 §5.1 leaves it to us.
    return [
      "access_token": .string(token), "token_type": "Bearer", "expires_in": .integer(Int64(lifetime)),
      "scope": .string(granted.scopes.joined(separator: " ")),
    ]
  }
}
