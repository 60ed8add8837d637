import OIDCFacts
import OIDCRules
import Testing

@Suite("Authorization requests")
struct AuthorizationRequestTests {
  @Test("a valid request is read whole")
  func valid() throws {
    let request = try Valid.check()
    #expect(request.redirectURI.text == Valid.callback)
    #expect(request.redirectURIWasSent)
    #expect(request.state == "xyz")
    #expect(request.scopes == ["openid", "profile"])
    #expect(request.scopes.contains(Scope.openID))
    #expect(request.nonce == "n-1")
    #expect(request.challenge?.text == Valid.challenge)
    #expect(request.prompts.isEmpty)
    #expect(request.maxAge == nil)
    #expect(request.responseMode == .query)
  }

  // MARK: before the redirect URI is proven

  @Test(
    "until client and redirect URI are proven, a refusal is a page",
    arguments: [
      (["client_id": nil], "The parameter 'client_id' is missing."),
      (["client_id": "other"], "No client has this client_id."),
      (["client_id": "APP"], "No client has this client_id."),
      (["client_id": String(repeating: "a", count: Limits.clientID + 1)], "The parameter 'client_id' is longer than"),
      (["redirect_uri": nil], "The parameter 'redirect_uri' is missing."),
      (["redirect_uri": "https://evil.example/callback"], "The redirect URI is not one of those registered"),
      (["redirect_uri": "https://app.example@evil.example/callback"], "The redirect URI has an @ before its path"),
      (["redirect_uri": "https://app.example/callback#x"], "The redirect URI has a fragment"),
      (["redirect_uri": "https://evil.example", "prompt": "none"], "The redirect URI is not one of those registered"),
      (["redirect_uri": "https://evil.example", "response_type": "token"], "The redirect URI is not one of"),
    ] as [([String: String?], String)])
  func pages(_ changes: [String: String?], _ sentence: String) throws {
    let refusal = try #require(try Valid.refusal(changes))
    #expect(refusal.isPage)
    #expect(refusal.error.description.hasPrefix(sentence))
    #expect(AuthorizationResponse.failure(refusal, issuer: Valid.issuer) == nil)
  }

  @Test("an unknown client is a page even when the rest is right")
  func unknownClient() throws {
    let refusal = try #require(try Valid.refusal(client: nil))
    #expect(refusal.isPage && refusal.error.code == .invalidClient)
  }

  @Test(
    "client_id or redirect_uri sent twice is a page: which one would be meant?",
    arguments: ["client_id", "redirect_uri"])
  func twice(_ name: String) throws {
    let value = name == "client_id" ? "app" : Valid.callback
    let refusal = try #require(try Valid.refusal(pairs: Valid.parameters + [(name, value)]))
    #expect(refusal.isPage)
    #expect(refusal.error.description == "The parameter '\(name)' was sent more than once.")
  }

  @Test("clientID() says whom to look up, and refuses on a page")
  func clientID() throws {
    #expect(try AuthorizationRequest(FormParameters(pairs: Valid.parameters)).clientID() == "app")
    #expect(throws: AuthorizationRefusal.page(OAuthError(.invalidRequest, "The parameter 'client_id' is missing."))) {
      try AuthorizationRequest(FormParameters(pairs: [])).clientID()
    }
  }

  @Test("a client without callback URLs proves nothing")
  func noCallbacks() throws {
    #expect(try #require(try Valid.refusal(client: Valid.client(callbacks: []))).isPage)
  }

  @Test("plain OAuth may leave out the only redirect URI (RFC 6749 §3.1.2.3), OpenID Connect may not")
  func omittedRedirectURI() throws {
    let request = try Valid.check(["redirect_uri": nil, "scope": "profile"])
    #expect(request.redirectURI.text == Valid.callback && !request.redirectURIWasSent)
    #expect(try #require(try Valid.refusal(["redirect_uri": nil])).isPage)
    let two = Valid.client(callbacks: [Valid.callback, "https://app.example/2"])
    #expect(try #require(try Valid.refusal(["redirect_uri": nil, "scope": nil], client: two)).isPage)
  }

  // MARK: after it

  @Test(
    "from then on a refusal goes to the client with its state",
    arguments: [
      (["response_type": nil], OAuthError.Code.invalidRequest, "The parameter 'response_type' is missing."),
      (["response_type": "token"], .unsupportedResponseType, "Only the response type 'code' is supported."),
      (["response_type": "code id_token"], .unsupportedResponseType, "Only the response type 'code' is supported."),
      (["response_type": "CODE"], .unsupportedResponseType, "Only the response type 'code' is supported."),
      (["response_mode": "web_message"], .invalidRequest, "The response mode 'web_message' is not supported."),
      (["response_mode": "Fragment"], .invalidRequest, "The response mode 'Fragment' is not supported."),
      (["request": "e30.e30."], .requestNotSupported, "Request objects are not supported."),
      (["request_uri": "https://a/b"], .requestURINotSupported, "The parameter 'request_uri' is not supported."),
      (["scope": "openid a\"b"], .invalidScope, "The scope has a character that scopes cannot have."),
      (["scope": "openid ä"], .invalidScope, "The scope has a character that scopes cannot have."),
      (
        ["scope": String(repeating: "a", count: Limits.scope + 1)], .invalidScope,
        "The scope is longer than \(Limits.scope) bytes."
      ),
      (["nonce": "a\nb"], .invalidRequest, "The parameter 'nonce' has a control character."),
      (
        ["nonce": String(repeating: "a", count: Limits.nonce + 1)], .invalidRequest,
        "The parameter 'nonce' is longer than \(Limits.nonce) bytes."
      ),
      (["prompt": "none create"], .invalidRequest, "The parameter 'prompt' has a value other than none, login,"),
      (["prompt": "create"], .invalidRequest, "The parameter 'prompt' has a value other than none, login,"),
      (["prompt": "none login"], .invalidRequest, "The prompt 'none' cannot stand beside another."),
      (["max_age": "-1"], .invalidRequest, "The parameter 'max_age' is not a number of seconds"),
      (["max_age": "1.5"], .invalidRequest, "The parameter 'max_age' is not a number of seconds"),
      (["max_age": "+1"], .invalidRequest, "The parameter 'max_age' is not a number of seconds"),
      (["max_age": "99999999999999999999"], .invalidRequest, "The parameter 'max_age' is not a number of seconds"),
      (["claims": "x"], .invalidRequest, "The claims parameter is not a JSON object."),
      (["claims": "[]"], .invalidRequest, "The claims parameter is not a JSON object."),
      (["claims": #"{"id_token":[]}"#], .invalidRequest, "The member 'id_token' of the claims parameter is no object."),
      (["claims": #"{"userinfo":{"name":1}}"#], .invalidRequest, "What the claims parameter says of 'name' cannot be"),
      (
        ["claims": #"{"id_token":{"acr":{"essential":"yes"}}}"#], .invalidRequest,
        "What the claims parameter says of 'acr' cannot be"
      ),
      (
        ["claims": #"{"id_token":{"acr":{"essential":true,"values":["urn:mace:silver","0"]}}}"#],
        .unmetAuthenticationRequirements, "No authentication here has an acr that the claims parameter calls essential."
      ),
    ] as [([String: String?], OAuthError.Code, String)])
  func redirects(_ changes: [String: String?], _ code: OAuthError.Code, _ sentence: String) throws {
    let refusal = try #require(try Valid.refusal(changes))
    #expect(refusal.error.code == code)
    #expect(refusal.error.description.hasPrefix(sentence))
    #expect(refusal.state == "xyz")
    let location = try #require(AuthorizationResponse.failure(refusal, issuer: Valid.issuer)).location
    #expect(location.hasPrefix(Valid.callback + "?error=\(code.rawValue)&"))
  }

  @Test("a bad state is not echoed", arguments: ["a\tb", String(repeating: "s", count: Limits.state + 1)])
  func badState(_ state: String) throws {
    let refusal = try #require(try Valid.refusal(["state": state]))
    #expect(!refusal.isPage && refusal.state == nil && refusal.error.code == .invalidRequest)
  }

  @Test("state sent twice is refused by redirect, without one")
  func stateTwice() throws {
    let refusal = try #require(try Valid.refusal(pairs: Valid.parameters + [("state", "xyz")]))
    #expect(!refusal.isPage && refusal.state == nil)
    #expect(refusal.error.description == "The parameter 'state' was sent more than once.")
  }

  @Test("any other parameter sent twice is refused by redirect", arguments: ["scope", "nonce", "prompt", "foo"])
  func duplicates(_ name: String) throws {
    let pairs = Valid.parameters([name: nil]) + [(name, "openid"), (name, "openid")]
    let refusal = try #require(try Valid.refusal(pairs: pairs))
    #expect(refusal.state == "xyz" && refusal.error.description == "The parameter '\(name)' was sent more than once.")
  }

  // MARK: what must not break a request

  @Test(
    "tolerated parameters break nothing (conformance modules 15, 16, 22 to 27, 35)",
    arguments: [
      ("display", "popup"), ("display", "nonsense"), ("ui_locales", "se"), ("claims_locales", "se"),
      ("acr_values", "1 2"), ("login_hint", "a\nb"),
      ("claims", #"{"id_token":{"acr":{"values":["urn:mace:silver"]}}}"#), ("claims", "{}"),
      ("response_mode", "fragment"), ("login_hint", "buffy@id.example"), ("id_token_hint", "x.y.z"),
      ("extra", "foobar"),
      ("claims", #"{"userinfo":{"name":{"essential":true}},"x":1}"#), ("response_mode", "query"), ("max_age", "0"),
      ("max_age", "10000"), ("audience", "a"), ("resource", "https://api.example"),
    ])
  func tolerated(_ name: String, _ value: String) throws {
    #expect(try Valid.refusal([name: value]) == nil)
  }

  @Test("the order of scopes and parameters does not matter (oidcc-alternate-happy-flow)")
  func order() throws {
    let pairs = Array(Valid.parameters(["scope": "groups email openid"]).reversed())
    let request = try AuthorizationRequest(FormParameters(pairs: pairs)).checked(for: Valid.client())
    #expect(request.scopes == ["groups", "email", "openid"])
  }

  @Test("unknown scopes are dropped, known ones kept once")
  func scopes() throws {
    #expect(try Valid.check(["scope": "openid phone  openid address email"]).scopes == ["openid", "email"])
    #expect(try Valid.check(["scope": nil]).scopes == [])
    #expect(try !Valid.check(["scope": "profile"]).scopes.contains(Scope.openID))
  }

  @Test("no state and no nonce are fine (conformance module 8)")
  func optional() throws {
    let request = try Valid.check(["state": nil, "nonce": nil])
    #expect(request.state == nil && request.nonce == nil)
  }

  @Test("prompts, max_age and hints are read")
  func read() throws {
    let request = try Valid.check([
      "prompt": "login  consent", "max_age": "007", "acr_values": "phr x", "ui_locales": "de en",
      "claims": #"{"id_token":{"sub":{"value":"user-9"}}}"#,
    ])
    #expect(request.prompts == [.login, .consent] && request.maxAge == 7)
    #expect(request.acrValues == ["phr", "x"] && request.uiLocales == ["de", "en"])
    #expect(request.claims?.subjects == ["user-9"])
  }

  @Test("offline_access is a scope, and says that what is given outlives the browser's session")
  func offline() throws {
    let request = try Valid.check(["scope": "openid offline_access"])
    #expect(request.scopes == ["openid", "offline_access"] && request.isOffline)
    #expect(try !Valid.check().isOffline)
  }

  @Test("a client id or a redirect URI that is only in a request object is not looked for: a page")
  func insideRequestObject() throws {
    for name in ["client_id", "redirect_uri"] {
      for parameter in ["request", "request_uri"] {
        let refusal = try #require(try Valid.refusal([name: nil, parameter: "eyJhbGciOiJub25lIn0.e30."]))
        #expect(refusal.isPage && refusal.error.description == "The parameter '\(name)' is missing.")
      }
    }
  }

  @Test("a pattern is no address to fall back on when redirect_uri is left out")
  func omittedWithPattern() throws {
    let client = Valid.client(callbacks: ["https://app.example/*"], patterns: true)
    let refusal = try #require(try Valid.refusal(["redirect_uri": nil, "scope": "profile"], client: client))
    #expect(refusal.isPage && refusal.error.description == "The parameter 'redirect_uri' is missing.")
  }

  @Test("patterns count where they were chosen, and for a public client never")
  func patterns() throws {
    let callbacks = ["https://*.app.example/cb"]
    let changes = ["redirect_uri": "https://a.app.example/cb"]
    #expect(try Valid.refusal(changes, client: Valid.client(callbacks: callbacks, patterns: true)) == nil)
    #expect(try Valid.refusal(changes, client: Valid.client(callbacks: callbacks))?.isPage == true)
    let open = Valid.client(isPublic: true, callbacks: callbacks, patterns: true, imported: true)
    #expect(try Valid.refusal(changes, client: open)?.isPage == true)
  }
}
