import Encodings
import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import ServiceStore
import Store

/// The tokens of one issuance are derived, under a server key, from what was presented for it: presented again, it
/// gives the same tokens, and none of them had to be stored.
struct TokenNames {
  /// The refresh token that the issuance gives.
  let refreshToken: String
  private let presented: String
  private let derived: KeyedHash

  /// - Parameter presented: a code, or a refresh token.
  init(presented: String, _ derived: KeyedHash) {
    self.presented = presented
    self.derived = derived
    refreshToken = RefreshToken.text(derived.hash(presented, purpose: "refresh-token"))
  }

  var refreshTokenHash: Data { Data(Digest.sha256(refreshToken)) }

  func accessToken(of authorization: UUID) -> AccessTokenID {
    AccessTokenID(authorization: authorization, bytes: derived.hash(presented, purpose: "access-token"))
  }

  var idToken: String { derived.uuid(presented, purpose: "id-token").uuidString.lowercased() }
}

extension OIDCService {
  /// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3 and §12.2: the response to any grant that acts for a user.
  /// - Parameter now: when the response was first given.
  func answer(
    _ subject: TokenSubject, _ person: UserFacts, _ client: TokenClient, grant: UUID, names: TokenNames, now: Date
  ) async throws -> JSONValue {
    let keys = await keyRing.current
    let lifetime = client.accessTokenMinutes * 60
    let accessToken = try JWS.sign(
      AccessToken.payload(
        subject, tokenID: names.accessToken(of: grant), lifetime: TimeInterval(lifetime), now: now),
      type: AccessToken.headerType, with: keys.signing(named: client.accessTokenAlgorithm))
    var answer: [String: JSONValue] = [
      "access_token": .string(accessToken), "token_type": "Bearer", "expires_in": .integer(Int64(lifetime)),
      "refresh_token": .string(names.refreshToken), "scope": .string(subject.scopes.joined(separator: " ")),
    ]
    if subject.scopes.contains(Scope.openID) {
      let key = try keys.signing(named: client.idTokenAlgorithm)
      let payload = IDToken.payload(
        subject, user: person.pictured(at: settings.issuer), tokenID: names.idToken, accessToken: accessToken,
        algorithm: key.algorithm, now: now)
      answer["id_token"] = .string(try JWS.sign(payload, type: IDToken.headerType, with: key))
    }
    return .object(answer)
  }
}

extension TokenClient {
  /// Seconds that the longest-lived token of a response lives: its authorization has to stay for as long.
  var longestLifetime: Double { max(Double(accessTokenMinutes) * 60, refreshTokenLifetime, IDToken.lifetime) }

  /// Seconds.
  var refreshTokenLifetime: Double { Double(refreshTokenMinutes) * 60 }
}
