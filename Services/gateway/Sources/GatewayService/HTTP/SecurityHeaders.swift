/// The headers that every answer carries.
struct SecurityHeaders: Sendable {
  let isSecure: Bool

  static let policy = policy(formAction: "'self'")

  /// The policy of the one page that posts a form elsewhere: by the target's scheme or a better one.
  ///
  /// Not the target alone: Chromium checks the redirects that follow a form against the same list, so an app whose
  /// callback sends the browser on to another of its hosts would end on our page. Nor could numeric addresses or names
  /// with an underscore be listed (Content Security Policy Level 3 §2.3.1). The page has one form, whose target is
  /// proven.
  static func policy(formTarget url: String) -> String {
    policy(formAction: url.hasPrefix("https:") ? "https:" : "http: https:")
  }

  /// The policy of a page whose form is ours, and whose answer sends the browser on to an app. Browsers check that
  /// redirect against `form-action`, and every further one of the app's own, so no list would do.
  static let policyOfLeaving = policy(formAction: nil)

  /// The policy of a page that frames pages of these origins.
  static func policy(frames origins: [String]) -> String {
    origins.isEmpty ? policy : "\(policy); frame-src \(origins.joined(separator: " "))"
  }

  private static func policy(formAction: String?) -> String {
    [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
      "font-src 'self'", formAction.map { "form-action \($0)" }, "base-uri 'none'", "frame-ancestors 'none'",
      "manifest-src 'self'",
    ].compactMap { $0 }.joined(separator: "; ")
  }

  static let permissions = [
    "publickey-credentials-get=(self)", "publickey-credentials-create=(self)", "camera=()", "microphone=()",
    "geolocation=()", "payment=()", "usb=()",
  ].joined(separator: ", ")

  func apply(to response: inout Response, _ traits: RouteTraits) {
    // An uploaded drawing brings a stricter one.
    if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = Self.policy }
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.permissionsPolicy] = Self.permissions
    // Addresses of sign-in pages contain interaction ids and login codes: they go nowhere, not even to ourselves.
    if response.headers[.referrerPolicy] == nil {
      response.headers[.referrerPolicy] = traits.contains(.settings) ? "same-origin" : "no-referrer"
    }
    response.headers[.crossOriginResourcePolicy] = traits.contains(.anyOrigin) ? "cross-origin" : "same-origin"
    // Sign-in happens in popups, whose opener keeps a handle on them until they return: COOP would cut it.
    if traits.contains(.settings) { response.headers[.crossOriginOpenerPolicy] = "same-origin" }
    if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    if traits.contains(.anyOrigin) {
      response.headers[.accessControlAllowOrigin] = "*"
      response.headers[.accessControlExposeHeaders] = "WWW-Authenticate, X-Request-ID"
    }
  }
}
