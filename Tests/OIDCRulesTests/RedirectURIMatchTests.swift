import OIDCRules
import Testing

@Suite("Redirect URI matching")
struct RedirectURIMatchTests {
  private func proves(_ sent: String, _ registered: String...) throws -> Bool {
    try RedirectURI(parsing: sent).proven(by: registered) != nil
  }

  @Test("the same string matches, one of several too, and nothing matches nothing")
  func exact() throws {
    #expect(try proves("https://app.example/cb?x=1", "https://other.example", "https://app.example/cb?x=1"))
    #expect(try !proves("https://app.example/cb"))
    #expect(try !proves("https://app.example/cb", ""))
  }

  /// Legal URIs that are not the registered one: mixed case, trailing dot, port, path, query, scheme, sub- and
  /// superdomains, another spelling of an escape.
  @Test(
    "any other spelling of a registered URI is another URI",
    arguments: [
      "https://App.example/callback", "HTTPS://app.example/callback", "https://app.example./callback",
      "https://app.example:443/callback", "https://app.example:8443/callback", "http://app.example/callback",
      "https://app.example/callback/", "https://app.example/Callback", "https://app.example/callback?",
      "https://app.example/callback?a=b", "https://app.example//callback", "https://app.example/%63allback",
      "https://app.example/callback%2f", "https://app.example/callback%2f..%2fevil",
      "https://evil.app.example/callback",
      "https://app.example.evil.example/callback", "https://evilapp.example/callback", "https://example/callback",
      "https://app-example/callback", "https://app.example/callbackevil", "https://app.example",
      "app.example:/callback",
    ])
  func near(_ sent: String) throws {
    #expect(try !proves(sent, Valid.callback))
  }

  @Test("a registered star is a star, not a pattern")
  func noPatterns() throws {
    #expect(try !proves("https://app.example/x", "https://app.example/*"))
    #expect(try !proves("https://evil.example/x", "*"))
    #expect(try !proves("https://evil.example/x", "https://*.example/x"))
  }

  @Test("on a loopback address any port will do (RFC 8252 §7.3), registered with one or without")
  func loopbackPort() throws {
    #expect(try proves("http://127.0.0.1:51004/cb", "http://127.0.0.1/cb"))
    #expect(try proves("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb"))
    #expect(try proves("http://[::1]:51004/cb?x=1", "http://[::1]:1/cb?x=1"))
  }

  @Test(
    "on a loopback address everything but the port is exact",
    arguments: [
      ("http://127.0.0.1:1/cb", "http://127.0.0.1/other"), ("http://127.0.0.1:1/cb?x", "http://127.0.0.1/cb"),
      ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb?"), ("https://127.0.0.1:1/cb", "https://127.0.0.1/cb"),
      ("http://127.0.0.1:1/cb", "http://[::1]/cb"), ("http://127.0.0.2:1/cb", "http://127.0.0.1/cb"),
      ("http://localhost:1/cb", "http://localhost/cb"), ("http://localhost:1/cb", "http://127.0.0.1/cb"),
      ("HTTP://127.0.0.1:1/cb", "http://127.0.0.1/cb"), ("http://127.0.0.1.:1/cb", "http://127.0.0.1/cb"),
      ("http://127.0.0.1.evil.example:1/cb", "http://127.0.0.1/cb"),
      ("http://[0:0:0:0:0:0:0:1]:1/cb", "http://[::1]/cb"), ("http://127.0.0.1:1/cb", "https://127.0.0.1/cb"),
    ])
  func loopbackRest(_ sent: String, _ registered: String) throws {
    guard let uri = try? RedirectURI(parsing: sent) else { return }
    #expect(uri.proven(by: [registered]) == nil)
  }

  @Test("localhost matches only with its registered port (RFC 8252 §8.3), but for public clients")
  func localhost() throws {
    #expect(try proves("http://localhost:3000/cb", "http://localhost:3000/cb"))
    #expect(try !proves("http://localhost:3001/cb", "http://localhost:3000/cb"))
    for registered in ["http://localhost/cb", "http://localhost:3000/cb"] {
      let uri = try RedirectURI(parsing: "http://localhost:34567/cb")
      #expect(uri.proven(by: [registered], patterns: .native)?.text == "http://localhost:34567/cb")
      for patterns in [CallbackPatterns.exact, .chosen, .imported] {
        #expect(uri.proven(by: [registered], patterns: patterns) == nil)
      }
    }
  }

  @Test(
    "for public clients everything but localhost's port is exact",
    arguments: [
      ("http://localhost:1/cb", "http://localhost/other"), ("http://localhost:1/cb?x", "http://localhost/cb"),
      ("https://localhost:1/cb", "https://localhost/cb"), ("http://localhost:1/cb", "https://localhost/cb"),
      ("http://localhost:1/cb", "http://127.0.0.1/cb"), ("http://LOCALHOST:1/cb", "http://localhost/cb"),
      ("http://localhost.:1/cb", "http://localhost/cb"), ("http://localhost.evil.example:1/cb", "http://localhost/cb"),
      ("http://app.example:1/cb", "http://app.example/cb"), ("http://localhost:1/cb", "http://*/cb"),
    ])
  func localhostRest(_ sent: String, _ registered: String) throws {
    guard let uri = try? RedirectURI(parsing: sent) else { return }
    #expect(uri.proven(by: [registered], patterns: .native) == nil)
  }

  @Test("a private-use scheme matches exactly")
  func privateUse() throws {
    #expect(try proves("app.immich:///oauth-callback", "app.immich:///oauth-callback"))
    #expect(try !proves("app.immich:/oauth-callback", "app.immich:///oauth-callback"))
    #expect(try !proves("App.immich:///oauth-callback", "app.immich:///oauth-callback"))
  }

  @Test("a registration that would not parse still cannot let anything in")
  func brokenRegistration() throws {
    #expect(try !proves("http://127.0.0.1:1/cb", "http://127.0.0.1@evil/cb", "http://127.0.0.1 /cb"))
  }
}
