/// Scope values (RFC 6749 §3.3).
public enum Scope {
  public static let openID = "openid"
  public static let profile = "profile"
  public static let email = "email"
  public static let groups = "groups"
  /// Core §11: the grant does not end when the user signs out in the browser. Core asks for `prompt=consent` with it
  /// "unless other conditions for processing the request permitting offline access are in place". Ours are: it has its
  /// own sentence on the consent page, consent is stored and asked for once, as in Pocket ID, and the user can revoke
  /// it among their apps. An app that asked for it in vain would only ask more often.
  public static let offlineAccess = "offline_access"

  /// Each releases claims about a person.
  public static let identity = [openID, profile, email, groups]

  /// What discovery offers, in its order.
  public static let supported = identity + [offlineAccess]

  /// The supported scopes of a request, in the order requested, each once. Unknown ones are dropped: RFC 6749 §3.3 lets
  /// a server grant less than was requested, and apps everywhere ask for `phone` or `address` (which we do not have).
  /// - Throws: `invalid_scope` for what RFC 6749 appendix A.4 does not allow.
  public static func granted(from text: String?) throws(OAuthError) -> [String] {
    guard let text else { return [] }
    guard text.utf8.count <= Limits.scope else {
      throw OAuthError(.invalidScope, "The scope is longer than \(Limits.scope) bytes.")
    }
    var granted: [String] = []
    for token in text.split(separator: " ") {
      // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
      guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
        throw OAuthError(.invalidScope, "The scope has a character that scopes cannot have.")
      }
      let scope = String(token)
      if supported.contains(scope), !granted.contains(scope) { granted.append(scope) }
    }
    return granted
  }
}
