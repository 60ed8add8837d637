import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules

// How OAuth and OpenID Connect endpoints respond: status, headers and bytes, made here once. The gateway owns request
// ids, CORS, HEAD and everything else that every response gets.
extension OIDC.HTTPAnswer {
  /// Claims about a person.
  static func json(_ value: JSONValue, status: Int = 200, _ fields: [Field] = []) -> Self {
    // Without `<`, `>` and `&`: harmless should anything ever take it for HTML.
    let body = Data(value.json(escaping: .markup))
    return Self(status: status, fields: [Field("Content-Type", "application/json")] + fields, body: body)
  }

  /// For anything that holds a secret, or tells of one (RFC 6749 §5.1).
  static func unstored(_ value: JSONValue, status: Int = 200) -> Self { json(value, status: status, unstored) }

  /// RFC 7009 §2.2: clients ignore the body.
  static let revoked = Self(status: 200, fields: unstored, body: Data())

  /// Cacheable by anyone, but not for long, so that a new key or setting is seen within a minute.
  static func published(_ value: JSONValue) -> Self { json(value, [Field("Cache-Control", "public, max-age=60")]) }

  /// A client that sends no token is told no error (RFC 6750 §3.1).
  static func tokenNeeded(realm: String) -> Self {
    Self(status: 401, fields: unstored + [bearerChallenge(nil, realm: realm)], body: Data())
  }

  /// RFC 6749 §5.2, and RFC 6750 §3 for endpoints that take tokens.
  static func refused(_ error: OAuthError, realm: String) -> Self {
    let (status, challenge): (Int, Field?) =
      switch (error.answer, error.code) {
      case (.plain, _): (400, nil)
      case (.basicChallenge, _): (401, Field("WWW-Authenticate", "Basic realm=\"\(realm)\", charset=\"UTF-8\""))
      case (.bearerChallenge, .invalidRequest): (400, bearerChallenge(error, realm: realm))
      case (.bearerChallenge, .insufficientScope): (403, bearerChallenge(error, realm: realm, scope: Scope.openID))
      case (.bearerChallenge, _): (401, bearerChallenge(error, realm: realm))
      }
    var answer = unstored(error.body, status: status)
    if let challenge { answer.fields.append(challenge) }
    return answer
  }

  private static let unstored = [Field("Cache-Control", "no-store"), Field("Pragma", "no-cache")]

  private static func bearerChallenge(_ error: OAuthError?, realm: String, scope: String? = nil) -> Field {
    var challenge = "Bearer realm=\"\(realm)\""
    if let error { challenge += ", error=\"\(error.code.rawValue)\", error_description=\"\(error.description)\"" }
    if let scope { challenge += ", scope=\"\(scope)\"" }
    return Field("WWW-Authenticate", challenge)
  }
}
