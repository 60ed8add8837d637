/// A redirect URI that a client has registered. The only type that `AuthorizationResponse` sends anything to, and only
/// `RedirectURI.proven` makes one.
public struct ProvenRedirectURI: Sendable, Hashable {
  public let uri: RedirectURI
  public var text: String { uri.text }

  fileprivate init(uri: RedirectURI) { self.uri = uri }
}

extension RedirectURI {
  /// RFC 9700 §2.1, RFC 6749 §3.1.2.3: simple string comparison with what was registered (RFC 3986 §6.2.1), no case
  /// folding, no normalisation; with the one exception of RFC 8252 §7.3 (`CallbackPatterns.native` widens it), and the
  /// patterns that an administrator chose. For callback URLs and for logout URLs.
  ///
  /// - Returns: nil when none matches. A registration that does not parse matches nothing.
  public func proven(by registered: [String], patterns: CallbackPatterns = .exact) -> ProvenRedirectURI? {
    for candidate in registered {
      if patterns.isPattern(candidate) {
        if patterns.pattern(candidate)?.matches(self) == true { return ProvenRedirectURI(uri: self) }
        continue
      }
      // Compared by bytes: Swift's == takes canonically equivalent strings for equal.
      if candidate.utf8.elementsEqual(text.utf8) { return ProvenRedirectURI(uri: self) }
      if isLoopback || patterns == .native && isLocalhost, let other = try? RedirectURI(parsing: candidate),
        matchesExceptPort(other)
      {
        return ProvenRedirectURI(uri: self)
      }
    }
    return nil
  }

  /// RFC 8252 §7.3: "The authorization server MUST allow any port to be specified at the time of the request for
  /// loopback IP redirect URIs". Everything else stays exact, the spelling of the scheme and the address too.
  private func matchesExceptPort(_ other: RedirectURI) -> Bool {
    other.scheme == scheme && other.host == host && other.path == path && other.query == query
      && text.hasPrefix("http:") && other.text.hasPrefix("http:")
  }
}
