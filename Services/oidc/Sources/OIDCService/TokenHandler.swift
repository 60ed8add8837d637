import Foundation
public import LatchkeyProtocol
import Logging
import OIDCRules
import Postgres
import ServiceKit
import Store

extension OIDCService {
  /// The token endpoint (RFC 6749 §3.2): one reading statement, signatures in memory, one writing statement.
  public func exchangeToken(
    _ message: OIDC.ExchangeToken, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ExchangeToken.Response {
    let request: CheckedTokenRequest
    do {
      let form = try FormParameters(message.form)
      let authorization = message.authorization.map { [$0.exposed] } ?? []
      request = try TokenRequest(authorization: authorization, form: form, hasQuery: false).checked()
    } catch {
      return .refused(OIDC.Refusal(error))
    }
    switch request.grant {
    case .authorizationCode(let grant): return try await redeem(grant, by: request.credentials, call)
    }
  }

  private func redeem(
    _ grant: AuthorizationCodeRequest, by credentials: PresentedCredentials, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ExchangeToken.Response {
    let read = Authorizations.ForExchange(
      clientID: credentials.clientID, codeHash: Data(Digest.sha256(grant.code)))
    let row = try await store.first(read, call)
    do {
      let client = try credentials.authenticated(
        by: row.map { ClientCredentials(id: credentials.clientID, $0) }, hashKey: clientSecretKey,
        now: row?.now ?? clock.now())
      if let used = row?.secrets.first(where: { $0.id.description == client.secretID }), used.stale {
        await store.note(Clients.NoteSecretUse(id: ClientSecretID(used.id)), call)
      }
      let redeemable = try AuthorizationCodeGrant.redeemable(
        row?.code.map(StoredCode.init), for: grant, by: client, requestID: call.id.bytes, now: row?.now ?? clock.now())
      guard let row, let code = row.code, let person = code.person else {
        throw OAuthError(.invalidGrant, "The code is unknown or no longer valid.")
      }
      let answer = try await tokens(for: redeemable, code: code, person: person, row: row, call)
      let lifetime = max(Double(row.accessTokenMinutes) * 60, IDToken.lifetime)
      let spend = Authorizations.Spend(id: code.id, request: call.id, tokenSeconds: lifetime)
      guard try await store.write(spend, call).count == 1 else {
        // Another request spent it between our reading and our writing: the code was presented twice.
        throw CodeRefusal.reused(OAuthError(.invalidGrant, "The code was used before: what it gave has been revoked."))
      }
      return .issued(answer)
    } catch let failure as ServiceFailure {
      throw failure
    } catch let error as OAuthError {
      return await refused(error, by: credentials, row, call)
    } catch CodeRefusal.refused(let error) {
      return await refused(error, by: credentials, row, call)
    } catch CodeRefusal.reused(let error) {
      if let id = row?.code?.id {
        _ = try await store.write(Authorizations.EndReused(id: id, request: call.id), call)
        logger.warning(
          "a code was used twice", metadata: ["client": "\(credentials.clientID)", "request": "\(call.id)"])
      }
      return await refused(error, by: credentials, row, call)
    } catch {
      throw broken(error, call)
    }
  }

  /// A refusal that concerns a client that we know is recorded, with the person whose code it was.
  private func refused(
    _ error: OAuthError, by credentials: PresentedCredentials, _ row: Authorizations.ForExchange.Row?, _ call: Call
  ) async -> OIDC.ExchangeToken.Response {
    if let row {
      var entry = AuditEntry(.tokenRefused, call)
      entry.clientID = credentials.clientID
      entry.clientName = row.name
      // Another client's code is nobody's business here.
      if let code = row.code, code.clientID == credentials.clientID { entry.userID = code.user }
      entry.data = ["error": error.code.rawValue, "reason": error.description]
      await store.note(OIDCRefusals.Note(entry), call)
    }
    return .refused(OIDC.Refusal(error))
  }

  /// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. Ids are derived, so that a repeated request names the same tokens.
  private func tokens(
    for redeemable: RedeemableCode, code: Authorizations.ForExchange.Code, person: PersonClaims,
    row: Authorizations.ForExchange.Row, _ call: Call
  ) async throws -> JSONValue {
    let keys = await keyRing.current
    let subject = TokenSubject(issuer: settings.issuer, code: redeemable.code, userinfoOnly: row.userinfoOnly)
    let lifetime = row.accessTokenMinutes * 60
    let now = code.spentAt ?? row.now
    let accessToken = try JWS.sign(
      AccessToken.payload(
        subject, tokenID: AccessTokenID(authorization: code.id).text, lifetime: TimeInterval(lifetime), now: now),
      type: AccessToken.headerType, with: keys.signing(named: row.accessTokenAlgorithm))
    var answer: [String: JSONValue] = [
      "access_token": .string(accessToken), "token_type": "Bearer", "expires_in": .integer(Int64(lifetime)),
      "scope": .string(code.scopes.joined(separator: " ")),
    ]
    if code.scopes.contains(Scope.openID) {
      let key = try keys.signing(named: row.idTokenAlgorithm)
      let payload = IDToken.payload(
        subject, user: UserFacts(person, issuer: settings.issuer),
        tokenID: derivedUUID("id-token", call).uuidString.lowercased(), accessToken: accessToken,
        algorithm: key.algorithm, now: now)
      answer["id_token"] = .string(try JWS.sign(payload, type: IDToken.headerType, with: key))
    }
    return .object(answer)
  }
}

/// The `jti` of an access token: it leads to the authorization that the token lives by.
struct AccessTokenID {
  let authorization: UUID

  init(authorization: UUID) { self.authorization = authorization }

  init?(_ text: String) {
    guard let id = UUID(uuidString: text) else { return nil }
    authorization = id
  }

  var text: String { authorization.uuidString.lowercased() }
}
