import OIDCRules
import Testing

@Suite("Bearer tokens")
struct BearerTokenTests {
  private func read(_ authorization: [String], _ form: String? = nil) throws -> String {
    try BearerToken.read(authorization: authorization, form: form.map { try FormParameters(formEncoded: $0) })
  }

  @Test("a token is read from the header, whatever the scheme's case, or from a form")
  func accepted() throws {
    #expect(try read(["Bearer abc"]) == "abc")
    #expect(try read(["bEARER abc"], "x=1") == "abc")
    #expect(try read([], "access_token=abc") == "abc")
  }

  @Test("none, another scheme, or two tokens are refused, each as a Bearer challenge")
  func refused() throws {
    for (headers, form, code) in [
      ([], nil, OAuthError.Code.invalidToken), (["Basic abc"], nil, .invalidToken), (["Bearer"], nil, .invalidToken),
      (["Bearer a"], "access_token=b", .invalidRequest), (["Bearer a", "Bearer a"], nil, .invalidRequest),
      ([], "access_token=a&access_token=a", .invalidRequest),
    ] as [([String], String?, OAuthError.Code)] {
      do {
        _ = try read(headers, form)
        Issue.record("accepted")
      } catch let error as OAuthError {
        #expect(error.code == code && error.answer == .bearerChallenge)
      }
    }
  }
}
