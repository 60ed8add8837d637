public import Foundation
public import OIDCFacts

/// The parameters of the refresh token grant (RFC 6749 §6). Prints without the token.
public struct RefreshTokenRequest: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// As presented; the table holds its hash.
  public let token: String
  /// Nil when the request asks for what was granted.
  let scopes: [String]?

  init(_ form: FormParameters) throws(OAuthError) {
    guard let token = try form.oauthValue("refresh_token") else {
      throw OAuthError(.invalidRequest, "The parameter 'refresh_token' is missing.")
    }
    guard token.utf8.count <= Limits.refreshToken else {
      throw OAuthError(.invalidGrant, "The refresh token is longer than \(Limits.refreshToken) bytes.")
    }
    self.token = token
    let scope = try form.oauthValue("scope")
    // Read as the authorization endpoint reads it: unknown scopes were never granted, and apps send again what they
    // sent there.
    scopes = scope == nil ? nil : try Scope.granted(from: scope)
  }

  public var description: String { "<refresh token request>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The refresh token grant (RFC 6749 §6) with rotation (RFC 9700 §4.14.2) against what is stored.
public enum RefreshTokenGrant {
  /// How long a used token's response is repeated, in seconds: as long as an app waits for a lost one, and too short
  /// for an attacker who finds a token later.
  public static let repeatWindow: TimeInterval = 30

  // Ownership is checked first (CVE-2026-28513 again: each of these refuses on its own), so that only the token's owner
  // can be told "reused", and only the owner's reuse ends the grant. Then what CVE-2026-43983 forgot.
  static let checks: [GrantCheck<Facts>] = [
    GrantCheck("client", "RFC 6749 §6: issued to the authenticated client", client),
    GrantCheck("reuse", "RFC 9700 §4.14.2: once; what came of it ends", reuse),
    GrantCheck("expiry", "RFC 6749 §6", expiry),
    GrantCheck("authorization", "user, consent, groups and session allow it, now", authorization),
    GrantCheck("scope", "RFC 6749 §6: nothing that was not granted", scope),
  ]

  /// Runs `RefreshTokenGrant.checks` in order.
  /// - Parameters:
  ///   - token: the stored token with the presented one's hash; nil when there is none.
  ///   - requestID: the id of this request, the same when the gateway retries it.
  ///   - now: the database's time.
  public static func renewable(
    _ token: StoredRefreshToken?, for request: RefreshTokenRequest, by client: AuthenticatedClient,
    requestID: [UInt8], now: Date
  ) throws(GrantRefusal) -> RenewableGrant {
    // A missing row is only "invalid": it says nothing about reuse.
    guard let token else { throw .invalid("The refresh token is unknown or no longer valid.") }
    let facts = Facts(token: token, request: request, client: client, requestID: requestID, now: now)
    for check in checks { try check.run(facts) }
    return RenewableGrant(client: client, scopes: request.scopes ?? token.grant.scopes, isRepeat: token.use != nil)
  }

  struct Facts: Sendable {
    let token: StoredRefreshToken
    let request: RefreshTokenRequest
    let client: AuthenticatedClient
    let requestID: [UInt8]
    let now: Date

    /// A retry of the request that used it, or its client, which lost the response and proves itself the same way.
    func mayRepeat(_ use: StoredRefreshToken.Use) -> Bool {
      if use.requestID == requestID { return true }
      return now.timeIntervalSince(use.at) <= repeatWindow && use.proof == client.proof && token.successor != .used
    }
  }

  private static func client(_ facts: Facts) throws(GrantRefusal) {
    guard facts.token.grant.clientID.utf8.elementsEqual(facts.client.id.utf8) else {
      throw .invalid("The refresh token was not given to this client.")
    }
  }

  private static func reuse(_ facts: Facts) throws(GrantRefusal) {
    guard let use = facts.token.use else { return }
    guard facts.mayRepeat(use) else {
      throw .reused(OAuthError(.invalidGrant, "The refresh token was used before: what it gave has been revoked."))
    }
    // The server's key has changed since: nobody did anything wrong, and the response is lost for good.
    guard facts.token.successor != .missing else { throw .invalid("The answer cannot be given again.") }
  }

  private static func expiry(_ facts: Facts) throws(GrantRefusal) {
    guard facts.token.use != nil || facts.now < facts.token.expiresAt else {
      throw .invalid("The refresh token has expired.")
    }
  }

  private static func authorization(_ facts: Facts) throws(GrantRefusal) {
    guard facts.token.grant.lives else {
      throw .invalid("What the user agreed to has ended: they have to sign in to this client again.")
    }
  }

  private static func scope(_ facts: Facts) throws(GrantRefusal) {
    guard let asked = facts.request.scopes else { return }
    guard !asked.isEmpty, asked.allSatisfy(facts.token.grant.scopes.contains) else {
      throw .refused(OAuthError(.invalidScope, "The scope has more than was granted."))
    }
  }
}
