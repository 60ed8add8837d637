import Encodings
import OIDCFacts
import OIDCRules
import Testing

@Suite("Authorization responses")
struct AuthorizationResponseTests {
  @Test("a code travels with state and issuer")
  func success() throws {
    let delivery = AuthorizationResponse.success(for: try Valid.check(), code: "c-1", issuer: Valid.issuer)
    #expect(delivery == .redirect("https://app.example/callback?code=c-1&state=xyz&iss=https%3A%2F%2Fid.example"))
  }

  @Test("no state is invented")
  func noState() throws {
    let delivery = AuthorizationResponse.success(for: try Valid.check(["state": nil]), code: "c", issuer: Valid.issuer)
    #expect(delivery == .redirect("https://app.example/callback?code=c&iss=https%3A%2F%2Fid.example"))
  }

  @Test("errors carry the issuer too (RFC 9207 §2)")
  func failure() throws {
    let refusal = try #require(try Valid.refusal(["max_age": "x"]))
    let location = try #require(AuthorizationResponse.failure(refusal, issuer: Valid.issuer)).location
    #expect(location.hasPrefix(Valid.callback + "?error=invalid_request&error_description=The%20parameter%20"))
    #expect(location.hasSuffix("&state=xyz&iss=https%3A%2F%2Fid.example"))
  }

  @Test("in the fragment, nothing is in the query, and the redirect URI's own query stays where it is")
  func fragment() throws {
    let callback = "https://app.example/cb?a=1"
    let request = try Valid.check(
      ["redirect_uri": callback, "response_mode": "fragment"], client: Valid.client(callbacks: [callback]))
    #expect(
      AuthorizationResponse.success(for: request, code: "c", issuer: Valid.issuer)
        == .redirect("https://app.example/cb?a=1#code=c&state=xyz&iss=https%3A%2F%2Fid.example"))
  }

  @Test("by form_post the address holds nothing, and the fields are as they are (Form Post Response Mode §2)")
  func formPost() throws {
    let callback = "https://app.example/cb?a=1"
    let state = "a&code=evil#x é\"<>"
    let request = try Valid.check(
      ["redirect_uri": callback, "response_mode": "form_post", "state": state],
      client: Valid.client(callbacks: [callback]))
    #expect(
      AuthorizationResponse.success(for: request, code: "c", issuer: Valid.issuer)
        == .formPost(
          url: callback,
          fields: [FormField("code", "c"), FormField("state", state), FormField("iss", Valid.issuer)]))
  }

  @Test("a refusal travels as the answer would have, whichever check refused", arguments: ["fragment", "form_post"])
  func refusalMode(_ mode: String) throws {
    for changes in [
      ["response_type": "token"], ["response_type": nil], ["scope": "\""], ["prompt": "none login"], ["request": "x"],
      ["state": "a\tb"], ["max_age": "-1"], ["code_challenge_method": "plain"],
    ] as [[String: String?]] {
      let refusal = try #require(try Valid.refusal(changes.merging(["response_mode": mode]) { $1 }))
      switch AuthorizationResponse.failure(refusal, issuer: Valid.issuer) {
      case .redirect(let location): #expect(mode == "fragment" && location.hasPrefix(Valid.callback + "#error="))
      case .formPost(let url, let fields):
        #expect(mode == "form_post" && url == Valid.callback)
        #expect(fields.first?.name == "error" && fields.last == FormField("iss", Valid.issuer))
        #expect(fields.contains(FormField("state", "xyz")) == (changes["state"] == nil))
      case nil: Issue.record("\(changes) ended on a page")
      }
    }
    let twice = try #require(
      try Valid.refusal(pairs: Valid.parameters + [("response_mode", mode), ("response_mode", mode)]))
    #expect(
      AuthorizationResponse.failure(twice, issuer: Valid.issuer)?.location.hasPrefix(Valid.callback + "?") == true)
  }

  /// As OpenID Connect Core §6.1 has it, unsigned: what stands in it, stands nowhere else.
  private func object(_ claims: JSONValue) -> String {
    "\(Base64URL.encode(JSONValue.object(["alg": "none"]).json)).\(Base64URL.encode(claims.json))."
  }

  @Test("a request object is refused in the way that it asks for itself, with its state")
  func refusedObject() throws {
    let object = object(["state": "inner", "nonce": "n", "response_mode": "form_post"])
    let refusal = try #require(try Valid.refusal(["request": object, "state": nil, "nonce": nil]))
    #expect(refusal.error.code == .requestNotSupported)
    guard case .formPost(let url, let fields) = AuthorizationResponse.failure(refusal, issuer: Valid.issuer) else {
      Issue.record("not posted")
      return
    }
    #expect(url == Valid.callback && fields.contains(FormField("state", "inner")))
  }

  @Test("a request object leads nowhere: the address is the one outside of it, and has to be registered")
  func objectProvesNothing() throws {
    let evil = object(["redirect_uri": "https://evil.example/", "response_mode": "fragment", "client_id": "other"])
    let refusal = try #require(try Valid.refusal(["request": evil]))
    #expect(AuthorizationResponse.failure(refusal, issuer: Valid.issuer)?.location.hasPrefix(Valid.callback) == true)
    #expect(try Valid.refusal(["request": evil, "redirect_uri": "https://evil.example/"])?.isPage == true)
    #expect(try Valid.refusal(["request": evil, "redirect_uri": nil, "scope": "openid"])?.isPage == true)
  }

  @Test(
    "what cannot be read of a request object changes nothing about the way back",
    arguments: ["x", "a.b.c", "e30.W10.", "e30.eyJzdGF0ZSI6MX0.", "e30.eyJyZXNwb25zZV9tb2RlIjoieCJ9.", "a.b.c.d.e"])
  func unreadableObject(_ object: String) throws {
    let refusal = try #require(try Valid.refusal(["request": object]))
    let location = try #require(AuthorizationResponse.failure(refusal, issuer: Valid.issuer)).location
    #expect(location.hasPrefix(Valid.callback + "?error=request_not_supported") && location.contains("state=xyz"))
  }

  @Test("nothing can be posted to an app's own scheme: refused, by the way that is open")
  func formPostToApp() throws {
    let callback = "app.immich:///cb"
    let refusal = try #require(
      try Valid.refusal(
        ["redirect_uri": callback, "response_mode": "form_post"], client: Valid.client(callbacks: [callback])))
    let location = try #require(AuthorizationResponse.failure(refusal, issuer: Valid.issuer)).location
    #expect(location.hasPrefix("app.immich:///cb?error=invalid_request&") && location.contains("state=xyz"))
  }

  @Test(
    "the query of the redirect URI is kept (RFC 6749 §3.1.2)",
    arguments: [
      ("https://app.example/cb?a=b%26c", "https://app.example/cb?a=b%26c&code="),
      ("https://app.example/cb?", "https://app.example/cb?code="),
      ("https://app.example/cb?a&", "https://app.example/cb?a&code="),
      ("https://app.example", "https://app.example?code="),
      ("app.immich:///cb", "app.immich:///cb?code="),
    ])
  func query(_ callback: String, _ prefix: String) throws {
    let request = try Valid.check(["redirect_uri": callback], client: Valid.client(callbacks: [callback]))
    let delivery = AuthorizationResponse.success(for: request, code: "c", issuer: Valid.issuer)
    #expect(delivery.location.hasPrefix(prefix + "c&"))
  }

  @Test("whatever the state holds, it comes back whole and cannot add a parameter or a header")
  func state() throws {
    let state = "a&code=evil#x é😀\"<>\\+%41="
    let location = AuthorizationResponse.success(
      for: try Valid.check(["state": state]), code: "c", issuer: Valid.issuer
    ).location
    #expect(location.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    let pairs = try OIDCRulesTests.query(of: location)
    #expect(pairs.map(\.0) == ["code", "state", "iss"] && pairs[1].1 == state)
  }
}
