import OIDCRules
import Testing

@Suite("Bearer tokens")
struct BearerTokenTests {
  @Test("a token is read from the header, whatever the scheme's case, or from a form")
  func accepted() throws {
    #expect(try BearerToken.read(authorization: ["Bearer abc"]) == "abc")
    #expect(try BearerToken.read(authorization: ["bEARER  abc"]) == "abc")
    #expect(try BearerToken.read(authorization: [], posted: ["abc"]) == "abc")
    #expect(try BearerToken.read(authorization: []) == nil)
  }

  @Test("another scheme, no token after it, or two tokens are refused, each as a Bearer challenge")
  func refused() throws {
    for (headers, posted, code) in [
      (["Basic abc"], [], .invalidRequest), (["Bearer"], [], .invalidRequest), (["Bearer "], [], .invalidRequest),
      (["Bearer a"], ["b"], .invalidRequest), (["Bearer a", "Bearer a"], [], .invalidRequest),
      ([], ["a", "a"], .invalidRequest),
      (["Bearer " + String(repeating: "a", count: Limits.token + 1)], [], .invalidToken),
    ] as [([String], [String], OAuthError.Code)] {
      let error = refusal(OAuthError.self) { () throws(OAuthError) in
        try BearerToken.read(authorization: headers, posted: posted)
      }
      #expect(error?.code == code && error?.answer == .bearerChallenge)
    }
  }
}
