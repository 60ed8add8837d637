import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("The refresh token grant")
struct RefreshTokenGrantTests {
  private static let used = StoredRefreshToken.Use(requestID: [9], at: Valid.start, proof: "secret s1")

  private func token(
    client: String = "app", expiresIn: TimeInterval = 600, use: StoredRefreshToken.Use? = nil,
    successor: StoredRefreshToken.Successor = .fresh, lives: Bool = true
  ) -> StoredRefreshToken {
    StoredRefreshToken(
      grant: Valid.grant(client, scopes: ["openid", "profile", "offline_access"], userMayUseClient: lives),
      expiresAt: Valid.start.addingTimeInterval(expiresIn), use: use, successor: successor)
  }

  /// Renews the way the service does: client first.
  private func renew(
    _ token: StoredRefreshToken?, by client: String = "app", secret: String? = Valid.secret, scope: String? = nil,
    requestID: [UInt8] = [1], after: TimeInterval = 0
  ) throws -> Result<RenewableGrant, GrantRefusal> {
    var form = [("grant_type", "refresh_token"), ("refresh_token", "lkr_x"), ("client_id", client)]
    if let secret { form.append(("client_secret", secret)) }
    if let scope { form.append(("scope", scope)) }
    let checked = try TokenRequest(
      ReceivedForm(authorization: [], form: try FormParameters(pairs: form), hasQuery: false)
    ).checked()
    guard case .refreshToken(let grant) = checked.grant else { throw OAuthError(.serverError, "no grant") }
    #expect(grant.token == "lkr_x" && !"\(grant)".contains("lkr_x"))
    let secrets = ["s1": Valid.secret, "s2": "another secret"].map { StoredSecret(id: $0, hash: StoredSecret.hash($1)) }
    let authenticated = try checked.credentials.authenticated(
      by: ClientCredentials(id: client, isPublic: secret == nil, secrets: secrets), now: Valid.start)
    do {
      return .success(
        try RefreshTokenGrant.renewable(
          token, for: grant, by: authenticated, requestID: requestID, now: Valid.start.addingTimeInterval(after)))
    } catch {
      return .failure(error)
    }
  }

  @Test("a fresh token is renewed, with all that was granted")
  func fresh() throws {
    let renewed = try renew(token()).get()
    #expect(renewed.scopes == ["openid", "profile", "offline_access"] && !renewed.isRepeat)
    #expect(renewed.client.proof == "secret s1")
  }

  @Test("CVE-2026-28513 again: another client, an expired token, a dead authorization each refuse on their own (2x2x2)")
  func truthTable() throws {
    for row in 0..<8 {
      let result = try renew(
        token(client: row & 1 == 0 ? "app" : "other", lives: row & 4 == 0), after: row & 2 == 0 ? 0 : 600)
      #expect((result.sentence == nil) == (row == 0), "row \(row)")
      #expect(!result.isReuse)
      if case .failure(let refusal) = result { #expect(refusal.error.code == .invalidGrant) }
    }
    #expect(try renew(token(client: "other")).sentence == "The refresh token was not given to this client.")
    #expect(try renew(token(), after: 600).sentence == "The refresh token has expired.")
    #expect(try renew(token(), after: 599.9).sentence == nil)
    #expect(try renew(token(lives: false)).sentence?.hasPrefix("What the user agreed to has ended") == true)
  }

  @Test("an unknown token is only invalid: it says nothing about reuse")
  func unknown() throws {
    let result = try renew(nil)
    #expect(result.sentence == "The refresh token is unknown or no longer valid." && !result.isReuse)
  }

  @Test("a lost answer is given again for 30 seconds, to the same authentication, until the successor is used")
  func repeated() throws {
    let used = token(use: Self.used)
    #expect(try renew(used, after: 30).get().isRepeat)
    #expect(try renew(used, after: 30.1).isReuse)
    #expect(try renew(used, secret: "another secret", after: 1).isReuse)
    #expect(try renew(used, secret: nil, after: 1).isReuse)
    #expect(try renew(token(use: Self.used, successor: .used), after: 1).isReuse)
    // What has expired meanwhile is repeated all the same; what has ended is not.
    #expect(try renew(token(expiresIn: 1, use: Self.used), after: 2).get().isRepeat)
    #expect(try renew(token(use: Self.used, lives: false), after: 1).sentence != nil)
  }

  @Test("a retry of the same request is answered the same, whatever has happened to the successor")
  func sameRequest() throws {
    for successor in [StoredRefreshToken.Successor.fresh, .used] {
      #expect(try renew(token(use: Self.used, successor: successor), requestID: [9], after: 60).get().isRepeat)
    }
  }

  @Test("where the server's key was changed in between, the answer is lost and nobody is accused")
  func keyChanged() throws {
    let result = try renew(token(use: Self.used, successor: .missing), after: 1)
    #expect(result.sentence == "The answer cannot be given again." && !result.isReuse)
    #expect(try renew(token(use: Self.used, successor: .missing), after: 31).isReuse)
  }

  @Test("a used token in another client's hands is refused and harms nobody")
  func strangers() throws {
    let result = try renew(token(client: "other", use: Self.used, successor: .used), after: 60)
    #expect(result.sentence == "The refresh token was not given to this client." && !result.isReuse)
  }

  @Test("the scope may be narrowed and never widened (RFC 6749 §6)")
  func scope() throws {
    #expect(try renew(token(), scope: "openid").get().scopes == ["openid"])
    #expect(try renew(token(), scope: "profile openid offline_access").get().scopes.count == 3)
    // What nobody knows was never granted: it is dropped, as it was at the authorization endpoint.
    #expect(try renew(token(), scope: "openid phone").get().scopes == ["openid"])
    for scope in ["openid email", "email", "phone"] {
      let result = try renew(token(), scope: scope)
      guard case .failure(.refused(let error)) = result else {
        Issue.record("\(scope) was granted")
        continue
      }
      #expect(error == OAuthError(.invalidScope, "The scope has more than was granted."))
    }
  }

  @Test("a refresh token can be told from anything else, and has 256 bits")
  func text() {
    let text = RefreshToken.text(Array(repeating: 0xFF, count: 32))
    #expect(text.hasPrefix("lkr_") && text.count == 47 && RefreshToken.isOne(text))
    #expect(!RefreshToken.isOne("eyJ.eyJ.AAAA"))
  }
}

extension Result where Success == RenewableGrant, Failure == GrantRefusal {
  fileprivate var sentence: String? { if case .failure(let refusal) = self { refusal.error.description } else { nil } }
  fileprivate var isReuse: Bool { if case .failure(.reused) = self { true } else { false } }
}
