import OIDCRules
import Testing

@Suite("Logout addresses")
struct LogoutURITests {
  private func refusal(
    of text: String, _ channel: LogoutURI.Channel = .back, isPublic: Bool = false,
    callbacks: [String] = ["https://app.example/callback"]
  ) -> LogoutURI.Refusal? {
    OIDCRulesTests.refusal(LogoutURI.Refusal.self) { () throws(LogoutURI.Refusal) in
      try LogoutURI.validated(text, channel, isPublic: isPublic, callbackURLs: callbacks)
    }
  }

  @Test("https and http with a query, a port or an address of the local network are accepted")
  func accepted() {
    for text in [
      "https://app.example/oauth2/callback?logout=backchannel", "http://10.0.0.7:8080/logout", "http://grafana:3000/x",
      "https://[2001:db8::1]/logout",
    ] {
      #expect(refusal(of: text) == nil, "\(text)")
    }
  }

  @Test("what cannot be parsed, a fragment or a user name is refused with its reason")
  func malformed() {
    #expect(refusal(of: "https://app.example/out#now") == .malformed(.fragment))
    #expect(refusal(of: "https://good.example@evil.example/") == .malformed(.userinfo))
    #expect(refusal(of: "") == .malformed(.empty))
    #expect(LogoutURI.Refusal.malformed(.fragment).sentence == "The logout address has a fragment (#).")
  }

  @Test("only http and https can be called")
  func schemes() {
    #expect(refusal(of: "app.immich:///logout") == .scheme("app.immich"))
    #expect(refusal(of: "javascript:alert(1)") == .malformed(.forbiddenScheme("javascript")))
  }

  @Test("an app without a secret needs https", arguments: LogoutURI.Channel.allCases)
  func insecure(_ channel: LogoutURI.Channel) {
    let callbacks = ["http://app.example/callback", "https://app.example/callback"]
    #expect(refusal(of: "http://app.example/out", channel, isPublic: true, callbacks: callbacks) == .insecure)
    #expect(refusal(of: "https://app.example/out", channel, isPublic: true, callbacks: callbacks) == nil)
    #expect(refusal(of: "http://app.example/out", channel, callbacks: callbacks) == nil)
  }

  @Test("a frame is at the origin of a callback URL; a call from server to server may go anywhere")
  func origin() {
    for text in [
      "https://other.example/out", "http://app.example/out", "https://app.example:8443/out",
      "https://app.example.evil.example/out",
    ] {
      #expect(refusal(of: text, .front) == .foreignOrigin, "\(text)")
      #expect(refusal(of: text, .back) == nil, "\(text)")
    }
    for text in ["https://app.example/out", "https://APP.example:443/out?x=1"] {
      #expect(refusal(of: text, .front) == nil, "\(text)")
    }
  }

  @Test("a callback URL with a pattern for its host admits every origin, one with a pattern in its path only its own")
  func patterns() {
    #expect(refusal(of: "https://x.example/out", .front, callbacks: ["https://*.example/callback"]) == nil)
    #expect(refusal(of: "https://x.example/out", .front, callbacks: ["*"]) == nil)
    #expect(refusal(of: "https://x.example/out", .front, callbacks: ["https://app.example/**"]) == .foreignOrigin)
    #expect(refusal(of: "https://x.example/out", .front, callbacks: ["app.x:/cb", ""]) == .foreignOrigin)
  }

  @Test("an origin is what a browser calls it")
  func originText() throws {
    #expect(try RedirectURI(parsing: "https://App.Example:443/a?b").origin == "https://app.example")
    #expect(try RedirectURI(parsing: "http://10.0.0.7:8080/").origin == "http://10.0.0.7:8080")
    #expect(try RedirectURI(parsing: "https://[2001:DB8::1]:8443/").origin == "https://[2001:db8::1]:8443")
    #expect(try RedirectURI(parsing: "app.x:///cb").origin == nil)
  }
}
