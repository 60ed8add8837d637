import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("Token requests")
struct TokenRequestTests {
  static let form = [
    "grant_type": "authorization_code", "code": "c-1", "redirect_uri": Valid.callback, "code_verifier": Valid.verifier,
    "client_id": "app", "client_secret": Valid.secret,
  ]

  private func error(_ changes: [String: String?], extra: [(String, String)] = [], hasQuery: Bool = false) throws
    -> OAuthError?
  {
    var pairs = Self.form.filter { changes[$0.key] == nil }.map { ($0.key, $0.value) }
    for (name, value) in changes { if let value { pairs.append((name, value)) } }
    let request = TokenRequest(
      ReceivedForm(authorization: [], form: try FormParameters(pairs: pairs + extra), hasQuery: hasQuery))
    return refusal(OAuthError.self) { () throws(OAuthError) in try request.checked() }
  }

  @Test("a valid request is read")
  func valid() throws {
    let request = TokenRequest(
      ReceivedForm(
        authorization: [], form: try FormParameters(pairs: Self.form.map { ($0.key, $0.value) }), hasQuery: false))
    let checked = try request.checked()
    #expect(checked.credentials.clientID == "app")
    guard case .authorizationCode(let grant) = checked.grant else { return }
    #expect(grant.code == "c-1" && "\(grant)" == "<authorization code request>")
  }

  @Test(
    "what is of the wrong form is refused for its reason",
    arguments: [
      (["grant_type": nil], OAuthError.Code.invalidRequest, "The parameter 'grant_type' is missing."),
      (["grant_type": "password"], .unsupportedGrantType, "The grant type 'password' is not supported."),
      (["grant_type": "refresh_token"], .invalidRequest, "The parameter 'refresh_token' is missing."),
      (
        ["grant_type": "refresh_token", "refresh_token": String(repeating: "r", count: Limits.refreshToken + 1)],
        .invalidGrant, "The refresh token is longer than"
      ),
      (
        ["grant_type": "refresh_token", "refresh_token": "r", "scope": "\""], .invalidScope,
        "The scope has a character"
      ),
      (["grant_type": "client_credentials", "scope": "\""], .invalidScope, "The scope has a character"),
      (["code": nil], .invalidRequest, "The parameter 'code' is missing."),
      (["code": ""], .invalidRequest, "The parameter 'code' is missing."),
      (["code": String(repeating: "c", count: Limits.code + 1)], .invalidGrant, "The code is longer than"),
      (["client_id": nil, "client_secret": nil], .invalidClient, "The request names no client."),
    ] as [([String: String?], OAuthError.Code, String)])
  func form(_ changes: [String: String?], _ code: OAuthError.Code, _ sentence: String) throws {
    let error = try #require(try error(changes))
    #expect(error.code == code && error.description.hasPrefix(sentence))
  }

  @Test("parameters in the query are refused (Pocket ID #1321), duplicates are named")
  func query() throws {
    #expect(try error([:], hasQuery: true)?.description.contains("not in the address") == true)
    #expect(try error([:], extra: [("code", "c-2")])?.description == "The parameter 'code' was sent more than once.")
    #expect(
      try error([:], extra: [("x", "1"), ("x", "1")])?.description == "The parameter 'x' was sent more than once.")
  }
}

/// Redeems codes the way the service does: client first.
private func redeem(
  _ code: StoredCode?, redirectURI: String? = Valid.callback, verifier: String? = Valid.verifier,
  by client: String = "app",
  requestID: [UInt8] = [1], after: TimeInterval = 0
) throws -> Result<RedeemableCode, GrantRefusal> {
  var form = TokenRequestTests.form
  form["redirect_uri"] = redirectURI
  form["code_verifier"] = verifier
  form["client_id"] = client
  let request = TokenRequest(
    ReceivedForm(
      authorization: [], form: try FormParameters(pairs: form.map { ($0.key, $0.value) }), hasQuery: false))
  let checked = try request.checked()
  let credentials = ClientCredentials(id: client, isPublic: false, secrets: Valid.credentials.secrets)
  let authenticated = try checked.credentials.authenticated(by: credentials, now: Valid.start)
  guard case .authorizationCode(let grant) = checked.grant else { throw OAuthError(.serverError, "no grant") }
  do {
    return .success(
      try AuthorizationCodeGrant.redeemable(
        code, for: grant, by: authenticated, requestID: requestID, now: Valid.start.addingTimeInterval(after)))
  } catch {
    return .failure(error)
  }
}

extension Result where Success == RedeemableCode, Failure == GrantRefusal {
  fileprivate var sentence: String? { if case .failure(let refusal) = self { refusal.error.description } else { nil } }
  fileprivate var isReuse: Bool { if case .failure(.reused) = self { true } else { false } }
}

@Suite("The authorization code grant")
struct AuthorizationCodeGrantTests {
  @Test("a valid code is redeemed")
  func valid() throws {
    let redeemed = try redeem(Valid.code()).get()
    #expect(redeemed.client.id == "app" && redeemed.code.grant.userID == "user-1" && !redeemed.isRepeat)
  }

  @Test("CVE-2026-28513: the wrong client and an expired code each refuse on their own (2x2)")
  func clientAndExpiry() throws {
    let wrongClient = "The code was not given to this client."
    #expect(try redeem(Valid.code()).sentence == nil)
    #expect(try redeem(Valid.code(), by: "other").sentence == wrongClient)
    #expect(try redeem(Valid.code(), after: 60).sentence == "The code has expired.")
    #expect(try redeem(Valid.code(), by: "other", after: 60).sentence == wrongClient)
    #expect(try redeem(Valid.code(), after: 59.999).sentence == nil)
  }

  @Test("client, expiry, redirect URI, verifier, user: of the 32 combinations exactly the one that is all right passes")
  func truthTable() throws {
    for row in 0..<32 {
      let result = try redeem(
        Valid.code(userMayUseClient: row & 16 == 0),
        redirectURI: row & 4 == 0 ? Valid.callback : "https://app.example/other",
        verifier: row & 8 == 0 ? Valid.verifier : String(repeating: "v", count: 43),
        by: row & 1 == 0 ? "app" : "other", after: row & 2 == 0 ? 0 : 61)
      #expect((result.sentence == nil) == (row == 0), "row \(row)")
      if case .failure(let refusal) = result { #expect(refusal.error.code == .invalidGrant) }
      #expect(!result.isReuse)
    }
  }

  @Test("an unknown code is only invalid: it says nothing about reuse")
  func unknown() throws {
    let result = try redeem(nil)
    #expect(result.sentence == "The code is unknown or no longer valid." && !result.isReuse)
  }

  @Test("redirect_uri: identical if it was sent (RFC 6749 §4.1.3)")
  func redirectURI() throws {
    let different = "The redirect_uri is not the one of the authorization request."
    #expect(
      try redeem(Valid.code(), redirectURI: nil).sentence == "The redirect_uri of the authorization request is missing."
    )
    #expect(try redeem(Valid.code(), redirectURI: Valid.callback + "/").sentence == different)
    #expect(try redeem(Valid.code(), redirectURI: "https://APP.example/callback").sentence == different)
    #expect(try redeem(Valid.code(wasSent: false), redirectURI: nil).sentence == nil)
    // Where none was named, the code went to the only one registered: a request that names it now is not the same.
    #expect(try redeem(Valid.code(wasSent: false)).sentence == different)
    #expect(try redeem(Valid.code(wasSent: false), redirectURI: "https://app.example/other").sentence == different)
  }

  @Test("PKCE: challenge and verifier, each there or not (RFC 9700 §4.8.2)")
  func pkce() throws {
    #expect(try redeem(Valid.code()).sentence == nil)
    #expect(try redeem(Valid.code(challenge: nil), verifier: nil).sentence == nil)
    #expect(try redeem(Valid.code(challenge: nil)).sentence?.hasPrefix("A code_verifier was sent, but") == true)
    #expect(try redeem(Valid.code(), verifier: nil).sentence?.hasPrefix("The code_verifier is missing") == true)
    #expect(try redeem(Valid.code(), verifier: "").sentence?.hasPrefix("The code_verifier is missing") == true)
    #expect(
      try redeem(Valid.code(), verifier: Valid.challenge).sentence
        == "The code_verifier does not belong to the code_challenge.")
  }

  @Test(
    "a verifier is 43 to 128 unreserved characters",
    arguments: [42, 129].map { String(repeating: "a", count: $0) } + [String(repeating: "a", count: 43) + "+", "ä"])
  func verifierSyntax(_ verifier: String) throws {
    #expect(
      try redeem(Valid.code(), verifier: verifier).sentence
        == "The code_verifier is not 43 to 128 unreserved characters.")
  }

  @Test("a code used twice by its owner is reuse, also when it has expired since (oidcc-codereuse, -30seconds)")
  func reuse() throws {
    let spent = Valid.code(spentBy: [9])
    #expect(try redeem(spent).isReuse)
    #expect(try redeem(spent, after: 61).isReuse)
    #expect(try redeem(Valid.code(spentBy: [9], userMayUseClient: false)).isReuse)
  }

  @Test("a spent code in anybody else's hands is refused and harms nobody")
  func strangers() throws {
    let spent = Valid.code(spentBy: [9])
    for result in [
      try redeem(spent, by: "other"), try redeem(spent, redirectURI: "https://app.example/other"),
      try redeem(spent, verifier: nil), try redeem(spent, verifier: String(repeating: "v", count: 43)),
    ] {
      #expect(result.sentence != nil && !result.isReuse)
    }
  }

  @Test("a retry of the request that spent it repeats the outcome, even after the code's expiry")
  func retry() throws {
    let spent = Valid.code(spentBy: [1])
    #expect(try redeem(spent).get().isRepeat)
    #expect(try redeem(spent, after: 61).get().isRepeat)
    #expect(try redeem(spent, by: "other").sentence == "The code was not given to this client.")
    #expect(try redeem(Valid.code(spentBy: [1], userMayUseClient: false)).sentence != nil)
  }
}

@Suite("PKCE")
struct PKCETests {
  @Test("the vector of RFC 7636 appendix B verifies, its neighbour does not")
  func vector() throws {
    let challenge = try #require(PKCE.Challenge(Valid.challenge))
    #expect(challenge.accepts(try #require(PKCE.Verifier(Valid.verifier))))
    #expect(!challenge.accepts(try #require(PKCE.Verifier("e" + Valid.verifier.dropFirst()))))
  }

  @Test("a verifier prints as nothing")
  func redacted() throws {
    let verifier = try #require(PKCE.Verifier(Valid.verifier))
    var dumped = ""
    dump(verifier, to: &dumped)
    #expect(!"\(verifier) \(String(reflecting: verifier)) \(dumped)".contains(Valid.verifier))
  }
}
