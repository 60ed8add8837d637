public import Foundation

/// The authorization code grant (RFC 6749 §4.1.3) against what is stored. The client has been authenticated: that it has
/// to be is in the types.
public enum AuthorizationCodeGrant {
  /// Runs `AuthorizationCodeGrant.checks` in order.
  /// - Parameters:
  ///   - code: the stored code with the presented one's hash; nil when there is none.
  ///   - requestID: the id of this request, the same in a retry of the gateway.
  ///   - now: the database's time.
  public static func redeemable(
    _ code: StoredCode?, for request: AuthorizationCodeRequest, by client: AuthenticatedClient, requestID: [UInt8],
    now: Date
  ) throws(CodeRefusal) -> RedeemableCode {
    // A missing row is only "invalid": it says nothing about reuse.
    guard let code else { throw .refused(invalid("The code is unknown or no longer valid.")) }
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

  /// One check: what it is about, the clause it enforces, and the rule.
  struct Check: Sendable {
    let name: String
    let source: String
    let run: @Sendable (Facts) throws(CodeRefusal) -> Void

    init(_ name: String, _ source: String, _ run: @escaping @Sendable (Facts) throws(CodeRefusal) -> Void) {
      self.name = name
      self.source = source
      self.run = run
    }
  }

  static func invalid(_ description: String) -> OAuthError { OAuthError(.invalidGrant, description) }
}
