import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import ServiceKit
import ServiceStore
import Store

// Introspection/ owns the introspection (RFC 7662) and the revocation (RFC 7009) of tokens by clients.
// It must not know how a token is made.

extension OIDCService {
  /// The introspection endpoint (RFC 7662): one read statement. Only a token's own client is told anything about it.
  func introspect(
    _ message: OIDC.Introspect, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let request: CheckedIntrospectionRequest
    let verifying = await keyRing.current.verifying
    let subject: AskedToken
    let asker: VerifiedAccessToken?
    do {
      request = try IntrospectionRequest(ReceivedForm(message.request)).checked()
      subject = AskedToken(request.token, keys: verifying, issuer: settings.issuer, now: clock.now())
      asker =
        if case .bearer(let token) = request.asker {
          try VerifiedAccessToken.read(token, keys: verifying, issuer: settings.issuer, now: clock.now())
        } else { nil }
    } catch {
      return refused(error)
    }
    var facts = TokenFacts(clientID: asker?.clientID ?? request.asker.clientID)
    do {
      let row = try await store.first(
        TokenInquiries.Ask(
          clientID: facts.clientID, asker: asker.map(TokenInquiries.Ask.Token.init),
          token: subject.accessToken.map(TokenInquiries.Ask.Token.init), refreshTokenHash: subject.refreshTokenHash),
        call)
      facts.client = row?.client
      if case .client(let credentials) = request.asker {
        try await authenticated(credentials, row?.client, call).mayIntrospect()
      } else if row?.askerLives != true {
        throw OAuthError(.invalidToken, "The access token is no longer valid.", answer: .bearerChallenge)
      }
      return .unstored(.object(row.map { answer(subject, $0) } ?? Introspection.inactive))
    } catch {
      return try await refused(error, facts, call)
    }
  }

  private func answer(_ asked: AskedToken, _ row: TokenInquiries.Ask.Row) -> [String: JSONValue] {
    switch asked {
    case .access(let token):
      guard token.clientID == row.client.id, !row.isRevoked else { return Introspection.inactive }
      if token.id.authorization == nil { return Introspection.payload(token, username: nil) }
      guard let from = row.grant, from.user.description == token.subject else { return Introspection.inactive }
      return Introspection.payload(token, username: from.username)
    case .refresh:
      guard let from = row.grant, let token = row.refreshToken, token.isFresh else {
        return Introspection.inactive
      }
      return Introspection.payload(
        refreshTokenOf: row.client.id, scopes: from.scopes, issuer: settings.issuer, userID: from.user.description,
        username: from.username, issuedAt: token.issuedAt, expiresAt: token.expiresAt)
    case .neither: return Introspection.inactive
    }
  }

  /// The revocation endpoint (RFC 7009): one read and one write statement. An access token is revoked alone; a refresh
  /// token with everything that the authorization gave (§2.1), while the user's consent stays.
  func revoke(_ message: OIDC.Revoke, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let request: CheckedRevocationRequest
    do {
      request = try RevocationRequest(ReceivedForm(message.request)).checked()
    } catch {
      return refused(error)
    }
    let asked = AskedToken(
      request.token, keys: await keyRing.current.verifying, issuer: settings.issuer, now: clock.now())
    var facts = TokenFacts(request.credentials)
    do {
      let row = try await store.first(
        RevokedTokens.ForRevocation(clientID: facts.clientID, refreshTokenHash: asked.refreshTokenHash), call)
      facts.client = row?.client
      let client = try await authenticated(request.credentials, row?.client, call)
      switch asked {
      case .access(let token):
        try Revocation.own(token.clientID, client)
        var entry = facts.entry(.tokenRevoked, call)
        entry.userID = UserID(token.subject)
        entry.data = ["kind": "access_token"]
        _ = try await store.write(
          RevokedTokens.Add(id: token.id.text, expiresAt: token.expiresAt, entry: entry), call)
      case .refresh:
        guard let from = row?.grant else { break }
        try Revocation.own(from.clientID, client)
        var entry = facts.entry(.tokenRevoked, call)
        entry.userID = UserID(from.user)
        entry.data = ["kind": "refresh_token"]
        _ = try await store.write(Grants.End(id: from.id, .revoked, entry: entry), call)
      // RFC 7009 §2.2: anything that is not a token, or no longer one, needs no revoking.
      case .neither: break
      }
      return .revoked
    } catch {
      return try await refused(error, facts, call)
    }
  }
}

/// A token that a client asks about: the token itself shows which of ours it is.
private enum AskedToken {
  case access(VerifiedAccessToken)
  case refresh(hash: Data)
  /// Expired, forged, or not ours.
  case neither

  init(_ text: String, keys: [VerificationKey], issuer: String, now: Date) {
    if RefreshToken.isOne(text) {
      self = .refresh(hash: Data(Digest.sha256(text)))
    } else if let token = try? VerifiedAccessToken.read(text, keys: keys, issuer: issuer, now: now) {
      self = .access(token)
    } else {
      self = .neither
    }
  }

  var accessToken: VerifiedAccessToken? { if case .access(let token) = self { token } else { nil } }
  var refreshTokenHash: Data? { if case .refresh(let hash) = self { hash } else { nil } }
}

extension TokenInquiries.Ask.Token {
  fileprivate init(_ token: VerifiedAccessToken) { self.init(id: token.id.text, grant: token.id.authorization) }
}

extension CheckedIntrospectionRequest.Asker {
  /// Of a client that names itself; a token names its own.
  fileprivate var clientID: String { if case .client(let credentials) = self { credentials.clientID } else { "" } }
}
