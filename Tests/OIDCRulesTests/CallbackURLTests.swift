import OIDCRules
import Testing

@Suite("Callback URLs")
struct CallbackURLTests {
  private func refusal(of text: String, allowInsecure: Bool = true) -> CallbackURL.Refusal? {
    OIDCRulesTests.refusal(CallbackURL.Refusal.self) { () throws(CallbackURL.Refusal) in
      try CallbackURL.validated(text, allowInsecure: allowInsecure)
    }
  }

  @Test("a wildcard is refused with a sentence that says so")
  func wildcard() {
    for text in ["*", "https://*.example/cb", "https://app.example/**", "https://app.example/cb?*"] {
      #expect(refusal(of: text) == .wildcard)
    }
    #expect(CallbackURL.Refusal.wildcard.sentence.contains("wildcards are not supported"))
  }

  @Test("what cannot be parsed says what is wrong with it")
  func malformed() {
    #expect(refusal(of: "https://a@b/") == .malformed(.userinfo))
    #expect(CallbackURL.Refusal.malformed(.fragment).sentence == "The callback URL has a fragment (#).")
  }

  @Test("http is refused off the loopback interface when insecure URLs are not allowed")
  func insecure() {
    #expect(refusal(of: "http://app.example/cb") == nil)
    #expect(refusal(of: "http://app.example/cb", allowInsecure: false) == .insecure)
    for text in ["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]/cb", "https://a.b/", "app.x:/cb"] {
      #expect(refusal(of: text, allowInsecure: false) == nil)
    }
  }

  @Test("a query that already has a parameter of the answer is refused")
  func responseParameter() {
    #expect(refusal(of: "https://app.example/cb?a=1&code=2") == .responseParameter("code"))
    #expect(refusal(of: "https://app.example/cb?st%61te=2") == .responseParameter("state"))
    #expect(refusal(of: "https://app.example/cb?provider=latchkey") == nil)
  }
}
