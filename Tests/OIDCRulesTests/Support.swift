// Valid objects to start from, one spoilt field at a time, and seeded randomness. No I/O.
import Crypto
import Encodings
import Foundation
import OIDCFacts
import OIDCRules
import Testing

enum Valid {
  static let issuer = "https://id.example"
  static let callback = "https://app.example/callback"
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  /// RFC 7636 appendix B.
  static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
  static let start = Date(timeIntervalSince1970: 1_800_000_000)

  static func client(
    isPublic: Bool = false, pkceEnabled: Bool = false, callbacks: [String] = [callback], skipConsent: Bool = false,
    requiresReauthentication: Bool = false, isGroupRestricted: Bool = false, patterns: Bool = false,
    imported: Bool = false
  ) -> ClientFacts {
    ClientFacts(
      id: "app", isPublic: isPublic, pkceEnabled: pkceEnabled, callbackURLs: callbacks, skipConsent: skipConsent,
      requiresReauthentication: requiresReauthentication, isGroupRestricted: isGroupRestricted,
      callbackPatterns: patterns, isImported: imported)
  }

  static let parameters: [(String, String)] = [
    ("client_id", "app"), ("redirect_uri", callback), ("response_type", "code"), ("scope", "openid profile"),
    ("state", "xyz"), ("nonce", "n-1"), ("code_challenge", challenge), ("code_challenge_method", "S256"),
  ]

  /// The valid parameters with some set (nil removes) in place.
  static func parameters(_ changes: [String: String?] = [:]) -> [(String, String)] {
    var pairs = parameters.filter { changes[$0.0] == nil }
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) { if let value { pairs.append((name, value)) } }
    return pairs
  }

  static func check(
    _ changes: [String: String?] = [:], client: ClientFacts? = client()
  ) throws -> CheckedAuthorizationRequest {
    try AuthorizationRequest(FormParameters(pairs: parameters(changes))).checked(for: client)
  }

  static func refusal(
    _ changes: [String: String?] = [:], client: ClientFacts? = client()
  ) throws -> AuthorizationRefusal? {
    try refusal(pairs: parameters(changes), client: client)
  }

  static func refusal(pairs: [(String, String)], client: ClientFacts? = client()) throws -> AuthorizationRefusal? {
    let request = AuthorizationRequest(try FormParameters(pairs: pairs))
    do {
      _ = try request.checked(for: client)
      return nil
    } catch {
      return error
    }
  }

  static func code(
    client: String = "app", redirectURI: String = callback, wasSent: Bool = true, challenge: String? = challenge,
    expiresIn: TimeInterval = 60, spentBy: [UInt8]? = nil, userMayUseClient: Bool = true
  ) -> StoredCode {
    StoredCode(
      grant: grant(client, userMayUseClient: userMayUseClient), redirectURI: wasSent ? redirectURI : nil,
      nonce: "n-1", challenge: challenge, expiresAt: start.addingTimeInterval(expiresIn), spentBy: spentBy)
  }

  static func grant(
    _ client: String = "app", scopes: [String] = ["openid", "profile"], userMayUseClient: Bool = true
  ) -> StoredGrant {
    StoredGrant(
      id: authorization, clientID: client, userID: "user-1", scopes: scopes, sessionID: "session-1",
      authenticatedAt: start.addingTimeInterval(-30), amr: ["phr"], person: userMayUseClient ? user() : nil)
  }

  /// What a redeemed code says.
  static let subject = TokenSubject(issuer: issuer, grant: grant(), nonce: "n-1")

  static let authorization = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
  static let tokenID = AccessTokenID(authorization: authorization, bytes: Array(0..<32))

  static let secret = "correct-horse-battery-staple"
  static let credentials = ClientCredentials(
    id: "app", isPublic: false, secrets: [StoredSecret(id: "s1", hash: StoredSecret.hash(secret))])

  static func user(
    email: String? = "ada@example.com", emailVerified: Bool = true, locale: String? = "en",
    groups: [String] = ["staff"],
    groupClaims: [StoredClaim] = [], userClaims: [StoredClaim] = []
  ) -> UserFacts {
    UserFacts(
      id: "user-1", username: "ada", email: email, emailVerified: emailVerified, firstName: "Ada",
      lastName: "Lovelace", displayName: "Ada L.",
      picture: "https://id.example.com/api/users/user-1/profile-picture.png", locale: locale,
      updatedAt: Date(timeIntervalSince1970: 1_799_000_000), groups: groups, groupClaims: groupClaims,
      userClaims: userClaims)
  }
}

extension AuthorizationDelivery {
  /// Where a redirect goes; empty for anything else.
  var location: String { if case .redirect(let location) = self { location } else { "" } }
}

extension AuthorizationRefusal {
  var isPage: Bool { if case .page = self { true } else { false } }
  var state: String? { if case .redirect(_, _, let state, _) = self { state } else { nil } }
}

/// Where a refusal of the first kind is expected and nothing else.
func refusal<T, E: Error & Equatable>(_ type: E.Type, _ body: () throws(E) -> T) -> E? {
  do {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

/// The query of a URL, in order, decoded.
func query(of location: String) throws -> [(String, String)] {
  let text = location.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
  return try FormParameters(formEncoded: String(text)).all.map { ($0.name, $0.value) }
}

extension FormParameters {
  init(pairs: [(String, String)]) throws(FormRefusal) { try self.init(pairs.map { FormField($0.0, $0.1) }) }

  /// The parameters of a body, or of a query without its `?`.
  init(formEncoded text: String) throws { try self.init(formEncoded: Array(text.utf8)) }

  init(formEncoded bytes: [UInt8]) throws {
    try self.init(Form.fields(bytes, most: Limits.formParameters, longestName: Limits.parameterName))
  }
}
