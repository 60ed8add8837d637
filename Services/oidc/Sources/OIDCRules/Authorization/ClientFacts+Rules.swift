public import OIDCFacts

extension ClientFacts {
  /// RFC 9700 §2.1.1: public clients MUST use PKCE.
  public var requiresPKCE: Bool { isPublic || pkceEnabled }

  /// Whether a user may use this client at all. Checked when a code is issued and again when it is redeemed.
  public func admits(inAllowedGroup: Bool) -> Bool { !isGroupRestricted || inAllowedGroup }

  /// How `callbackURLs` are read.
  var patterns: CallbackPatterns {
    CallbackPatterns(isPublic: isPublic, chosen: callbackPatterns, imported: isImported)
  }
}
