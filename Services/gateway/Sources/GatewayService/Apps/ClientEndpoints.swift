extension ClientPage {
  /// Every address that an app may ask for.
  package struct Endpoints: Sendable {
    let issuer: String
    let discovery: String
    let authorization: String
    let token: String
    let userinfo: String
    let keys: String
    let endSession: String?
    let introspection: String?
    let revocation: String?

    /// - Parameters:
    ///   - appURL: `APP_URL`, without a trailing slash.
    ///   - internalURL: `INTERNAL_APP_URL`, for what apps call themselves.
    ///   - endSession: as the discovery document has it, like the two after it; nil if it has none.
    package init(
      appURL: String, internalURL: String? = nil, endSession: String? = nil, introspection: String? = nil,
      revocation: String? = nil
    ) {
      let inside = internalURL ?? appURL
      issuer = appURL
      discovery = "\(appURL)/.well-known/openid-configuration"
      authorization = "\(appURL)/authorize"
      token = "\(inside)/api/oidc/token"
      userinfo = "\(inside)/api/oidc/userinfo"
      keys = "\(inside)/.well-known/jwks.json"
      self.endSession = endSession
      self.introspection = introspection
      self.revocation = revocation
    }
  }
}

extension ClientPage.Endpoints {
  /// What they stand for in text about an app.
  var placeholders: [AppText.Placeholder: String] {
    var values: [AppText.Placeholder: String] = [
      .issuer: issuer, .discovery: discovery, .authorize: authorization, .token: token, .userinfo: userinfo,
      .jwks: keys,
    ]
    values[.endSession] = endSession
    return values
  }
}
