public import Foundation
public import OIDCFacts

/// The parameters of the authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5). Prints without the code.
public struct AuthorizationCodeRequest: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// As presented; the table holds its hash.
  public let code: String
  let redirectURI: String?
  let codeVerifier: String?

  init(_ form: FormParameters) throws(OAuthError) {
    guard let code = try form.oauthValue("code") else {
      throw OAuthError(.invalidRequest, "The parameter 'code' is missing.")
    }
    guard code.utf8.count <= Limits.code else {
      throw OAuthError(.invalidGrant, "The code is longer than \(Limits.code) bytes.")
    }
    self.code = code
    redirectURI = try form.oauthValue("redirect_uri")
    codeVerifier = try form.oauthValue("code_verifier")
  }

  public var description: String { "<authorization code request>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The authorization code grant (RFC 6749 §4.1.3) against what is stored. The client has been authenticated: the types
/// require it.
public enum AuthorizationCodeGrant {
  // Ownership is checked first (CVE-2026-28513: each of these refuses on its own), so that only the code's owner can be
  // told "reused", and only the owner's reuse ends what it gave.
  static let checks: [GrantCheck<Facts>] = [
    GrantCheck("client", "RFC 6749 §4.1.3: issued to the authenticated client", client),
    GrantCheck("redirect_uri", "RFC 6749 §4.1.3: identical, if it was sent", redirectURI),
    GrantCheck("code_verifier", "RFC 7636 §4.6; RFC 9700 §4.8.2", codeVerifier),
    GrantCheck("spent", "RFC 6749 §4.1.2: once; what it gave ends", spent),
    GrantCheck("expiry", "RFC 6749 §4.1.2", expiry),
    GrantCheck("user", "the user is enabled and may use the client, now", user),
  ]

  /// Runs `AuthorizationCodeGrant.checks` in order.
  /// - Parameters:
  ///   - code: the stored code with the presented one's hash; nil when there is none.
  ///   - requestID: the id of this request, the same when the gateway retries it.
  ///   - now: the database's time.
  public static func redeemable(
    _ code: StoredCode?, for request: AuthorizationCodeRequest, by client: AuthenticatedClient, requestID: [UInt8],
    now: Date
  ) throws(GrantRefusal) -> RedeemableCode {
    // A missing row is only "invalid": it says nothing about reuse.
    guard let code else { throw .invalid("The code is unknown or no longer valid.") }
    let facts = Facts(code: code, request: request, client: client, requestID: requestID, now: now)
    for check in checks { try check.run(facts) }
    return RedeemableCode(client: client, code: code, isRepeat: facts.isRepeat)
  }

  struct Facts: Sendable {
    let code: StoredCode
    let request: AuthorizationCodeRequest
    let client: AuthenticatedClient
    let requestID: [UInt8]
    let now: Date

    var isRepeat: Bool { code.spentBy == requestID }
  }

  /// The refusal of a code that another request has spent, before this one or while this one was being checked.
  public static let reused = GrantRefusal.reused(
    OAuthError(.invalidGrant, "The code was used before: what it gave has been revoked."))

  private static func client(_ facts: Facts) throws(GrantRefusal) {
    guard facts.code.grant.clientID.utf8.elementsEqual(facts.client.id.utf8) else {
      throw .invalid("The code was not given to this client.")
    }
  }

  private static func redirectURI(_ facts: Facts) throws(GrantRefusal) {
    guard let sent = facts.request.redirectURI else {
      guard facts.code.redirectURI == nil else {
        throw .invalid("The redirect_uri of the authorization request is missing.")
      }
      return
    }
    // Compared by bytes: Swift's == takes canonically equivalent strings for equal.
    guard let named = facts.code.redirectURI, sent.utf8.elementsEqual(named.utf8) else {
      throw .invalid("The redirect_uri is not the one of the authorization request.")
    }
  }

  private static func codeVerifier(_ facts: Facts) throws(GrantRefusal) {
    do {
      try PKCE.verify(facts.request.codeVerifier, against: facts.code.challenge.flatMap(PKCE.Challenge.init))
    } catch {
      throw .refused(error)
    }
  }

  private static func spent(_ facts: Facts) throws(GrantRefusal) {
    guard facts.code.spentBy == nil || facts.isRepeat else { throw reused }
  }

  /// A retry of the request that spent it repeats its outcome, however late it arrives.
  private static func expiry(_ facts: Facts) throws(GrantRefusal) {
    guard facts.isRepeat || facts.now < facts.code.expiresAt else { throw .invalid("The code has expired.") }
  }

  private static func user(_ facts: Facts) throws(GrantRefusal) {
    guard facts.code.grant.lives else {
      throw .invalid("The user is disabled or may no longer use this client.")
    }
  }
}

/// A code that may be redeemed. Only `AuthorizationCodeGrant.redeemable` makes one.
public struct RedeemableCode: Sendable, Hashable {
  public let client: AuthenticatedClient
  public let code: StoredCode
  /// The same request spent it before: what was given is derived again, and nothing is written twice.
  public let isRepeat: Bool
}
