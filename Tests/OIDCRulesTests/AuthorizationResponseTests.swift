import OIDCRules
import Testing

@Suite("Authorization responses")
struct AuthorizationResponseTests {
  @Test("a code travels with state and issuer")
  func success() throws {
    let location = AuthorizationResponse.success(for: try Valid.check(), code: "c-1", issuer: Valid.issuer)
    #expect(location == "https://app.example/callback?code=c-1&state=xyz&iss=https%3A%2F%2Fid.example")
  }

  @Test("no state is invented")
  func noState() throws {
    let location = AuthorizationResponse.success(for: try Valid.check(["state": nil]), code: "c", issuer: Valid.issuer)
    #expect(location == "https://app.example/callback?code=c&iss=https%3A%2F%2Fid.example")
  }

  @Test("errors carry the issuer too (RFC 9207 §2)")
  func failure() throws {
    let location = AuthorizationResponse.failure(
      OAuthError(.accessDenied, "The user said no."), for: try Valid.check(), issuer: Valid.issuer)
    #expect(
      location == Valid.callback
        + "?error=access_denied&error_description=The%20user%20said%20no.&state=xyz&iss=https%3A%2F%2Fid.example")
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
    #expect(AuthorizationResponse.success(for: request, code: "c", issuer: Valid.issuer).hasPrefix(prefix + "c&"))
  }

  @Test("whatever the state holds, it comes back whole and cannot add a parameter or a header")
  func state() throws {
    let state = "a&code=evil#x é😀\"<>\\+%41="
    let location = AuthorizationResponse.success(
      for: try Valid.check(["state": state]), code: "c", issuer: Valid.issuer)
    #expect(location.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    let pairs = try OIDCRulesTests.query(of: location)
    #expect(pairs.map(\.0) == ["code", "state", "iss"] && pairs[1].1 == state)
  }
}
