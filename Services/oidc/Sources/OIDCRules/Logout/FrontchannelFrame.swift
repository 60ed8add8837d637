/// What the browser loads so that an app ends its own session (OpenID Connect Front-Channel Logout 1.0 §3).
public struct FrontchannelFrame: Sendable, Hashable {
  /// The registered address with `iss` and `sid`, its own query kept.
  public let location: String
  /// For the page's `frame-src`.
  public let origin: String

  /// Nil for text that is not an address to frame; a registered one always is.
  public init?(registered text: String, issuer: String, sessionID: String) {
    guard let uri = try? RedirectURI(parsing: text), let origin = uri.origin else { return nil }
    location = uri.adding([("iss", issuer), ("sid", sessionID)])
    self.origin = origin
  }
}
