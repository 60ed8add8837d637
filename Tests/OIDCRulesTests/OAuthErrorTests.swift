import Encodings
import OIDCRules
import Testing

@Suite("Errors")
struct OAuthErrorTests {
  @Test("a description has only the characters of RFC 6749 §5.2, whatever a request put into it")
  func permittedCharacters() {
    let error = OAuthError(.invalidRequest, "a\"b\\c\r\nä\u{1F600}\0")
    #expect(error.description == "a'b/c?????")
    #expect(error.description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
  }

  @Test("a description is bounded")
  func bounded() {
    let error = OAuthError(.invalidRequest, String(repeating: "x", count: 10_000))
    #expect(error.description.utf8.count == Limits.errorDescription)
    #expect(error.description.hasSuffix("..."))
  }

  @Test("invalid_client is a Basic challenge, the others plain")
  func answers() {
    #expect(OAuthError(.invalidClient, "").answer == .basicChallenge)
    #expect(OAuthError(.invalidGrant, "").answer == .plain)
  }

  @Test("the body is that of RFC 6749 §5.2")
  func body() {
    #expect(
      OAuthError(.invalidGrant, "No.").body.jsonText
        == #"{"error":"invalid_grant","error_description":"No."}"#)
  }
}
