/// Who is behind a request, as the gateway saw it: claims to be checked, not facts.
///
/// The receiving service resolves session and API key itself, from the Store; a bug in a route cannot impersonate a
/// user.
public struct Caller: Codable, Sendable, Equatable {
  /// The session cookie's token.
  public var session: Secret?
  /// The API key from the request's header.
  public var apiKey: Secret?
  /// The browser-binding cookies: they say that two requests came from one browser, not whose it is. A browser has one,
  /// or one of each page that it opened at the same moment when it had none.
  public var browsers: [Secret]
  /// The client's address in text, after the rules for trusted proxies were applied.
  public var address: String
  /// The beginning of the User-Agent header; empty if there was none.
  public var userAgent: String {
    didSet { userAgent = userAgent.prefix(bytes: Self.longestUserAgent) }
  }
  /// Language tags from Accept-Language, best first.
  public var languages: [String]

  /// Bytes of a User-Agent that are worth keeping: it is stored with every session and every entry of the audit log.
  public static let longestUserAgent = 512

  public init(
    session: Secret? = nil, apiKey: Secret? = nil, browsers: [Secret] = [], address: String = "",
    userAgent: String = "",
    languages: [String] = []
  ) {
    self.session = session
    self.apiKey = apiKey
    self.browsers = browsers
    self.address = address
    self.userAgent = userAgent.prefix(bytes: Self.longestUserAgent)
    self.languages = languages
  }

  /// Browser-binding cookies that are read: as many apps as a user opens at once, in some 700 bytes.
  public static let mostBrowsers = 16

  /// A caller that brings nothing: health checks, jobs, the command line.
  public static let nobody = Caller()
}
