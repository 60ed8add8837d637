import OIDCRules
import Testing

@Suite("Redirect patterns")
struct RedirectPatternTests {
  private func matches(_ pattern: String, _ sent: String) throws -> Bool {
    try RedirectPattern(parsing: pattern).matches(RedirectURI(parsing: sent))
  }

  @Test(
    "what fits, as Pocket ID's administrators write it",
    arguments: [
      ("*://app.example/cb", "https://app.example/cb"), ("*://app.example/cb", "http://app.example/cb"),
      ("http*://app.example/cb", "https://app.example/cb"), ("https://*.app.example/cb", "https://sub.app.example/cb"),
      ("https://app*.example.com/cb", "https://app1.example.com/cb"),
      ("https://*-prod.example.com/cb", "https://api-prod.example.com/cb"),
      ("https://app-*-server.example.com/cb", "https://app-staging-server.example.com/cb"),
      ("https://*.*.example.com/cb", "https://a.b.example.com/cb"),
      ("https://app.example:*/cb", "https://app.example:8080/cb"),
      ("https://app.example:80*/cb", "https://app.example:8080/cb"),
      ("https://app.example/*", "https://app.example/cb"),
      ("https://app.example/api/*/cb", "https://app.example/api/v1/cb"),
      ("https://app.example/test*", "https://app.example/testcase"),
      ("https://app.example/*-cb", "https://app.example/oauth-cb"),
      ("https://app.example/a-*-b/c", "https://app.example/a-x-b/c"),
      ("https://app.example/**/cb", "https://app.example/api/v1/foo/bar/cb"),
      ("https://app.example/**/v1/**/cb", "https://app.example/api/v1/foo/bar/cb"),
      ("https://app.example/api/**/v2/**/cb", "https://app.example/api/v1/v2/v3/v4/cb"),
      ("https://app.example/**", "https://app.example/a/b"), ("https://app.example/a/**", "https://app.example/a/"),
      ("https://app.example/cb?a=*", "https://app.example/cb?a=1"),
      ("https://app.example/cb?a=*", "https://app.example/cb?a="),
      ("https://app.example/cb?a=*&b=2", "https://app.example/cb?b=2&a=1"),
      ("https://app.example/cb?a=*&a=*", "https://app.example/cb?a=1&a=2"),
      ("https://app.example/cb?a=x*&b", "https://app.example/cb?b&a=xy"),
      ("http://127.0.0.1/auth/*", "http://127.0.0.1:3000/auth/cb"),
      ("http://[::1]/auth/*", "http://[::1]:3000/auth/cb"),
      ("*", "https://anything.example/x?y"), ("*", "http://127.0.0.1:8080/cb"),
    ])
  func fits(_ pattern: String, _ sent: String) throws {
    #expect(try matches(pattern, sent))
  }

  @Test(
    "what does not fit",
    arguments: [
      ("*://app.example/cb", "https://app.example/other"), ("https://*.app.example/cb", "http://a.app.example/cb"),
      ("https://app.example:*/cb", "https://app.example/cb"),
      ("https://app.example/api/*/cb", "https://app.example/api/cb"),
      ("https://app.example/api/**/cb", "https://app.example/api/cb"),
      ("https://app.example/a/**", "https://app.example/a"),
      ("https://app.example/*", "https://app.example/"), ("https://app.example/*", "https://app.example"),
      ("https://app.example/test*", "https://app.example/test"),
      ("https://app.example/*", "https://app.example/cb?x=1"),
      ("https://app.example/cb?a=*", "https://app.example/cb"),
      ("https://app.example/cb?a=*", "https://app.example/cb?a"),
      ("https://app.example/cb?a=*", "https://app.example/cb?b=1"),
      ("https://app.example/cb?a=1&b=*", "https://app.example/cb?a=2&b=1"),
      ("https://app.example/cb?a=*", "https://app.example/cb?a=1&redirect=https://evil.example"),
      ("https://app.example/cb?a=*&a=2", "https://app.example/cb?a=2&a=1"),
    ])
  func doesNotFit(_ pattern: String, _ sent: String) throws {
    #expect(try !matches(pattern, sent))
  }

  /// CVE-2026-28512 and its kin: each address would take the browser to `evil.example`, or to a place in the app that
  /// nobody meant. Our parser refuses most; what it lets through must not match.
  @Test(
    "nothing gets around a pattern",
    arguments: [
      "https://good.app.example@evil.example/cb", "https://a.app.example:x@evil.example/cb",
      "https://a.app.example%40evil.example/cb", "https://evil.example\\@a.app.example/cb",
      "https://evil.example\\.app.example/cb", "https://evil.example/.app.example/cb",
      "https://evil.example%2f.app.example/cb", "https://evil.example%5c.app.example/cb",
      "https://evil.example?.app.example/cb", "https://evil.example#.app.example/cb",
      "https://evil.example;.app.example/cb", "https://evil.example:443.app.example/cb",
      "https://evil.example\t.app.example/cb", "https://evil.example\n.app.example/cb",
      "https://evil.example .app.example/cb",
      "https://evil。app.example/cb", "https://evil.exa\u{4D}PLE。app.example/cb", "https://ev\u{456}l.app.example/cb",
      "https://a.b.app.example/cb", "https://.app.example/cb", "https://app.example/cb", "https://a.app.example./cb",
      "https://a.APP.example/cb", "HTTPS://a.app.example/cb", "https://a.app.example:443/cb",
      "https://a.app.example:8443/cb",
      "https://a.app.example.evil.example/cb", "https://aapp.example/cb", "https://a.app-example/cb",
      "https://a.app.example/cb/", "https://a.app.example//cb", "https://a.app.example/./cb",
      "https://a.app.example/x/../cb",
      "https://a.app.example/%2e%2e/cb", "https://a.app.example/%63b", "https://a.app.example/cb%00",
      "https://a.app.example/cb?x",
      "https://a.app.example/cb#x", "https:a.app.example/cb", "https:///a.app.example/cb", "//a.app.example/cb",
      "javascript://a.app.example/cb", "data://a.app.example/cb", "app.x://a.app.example/cb",
      "https://[::1].app.example/cb",
      "https://127.0.0.1/cb", "https://*.app.example/cb", "https://a*.app.example/cb",
    ])
  func bypass(_ sent: String) throws {
    let pattern = try RedirectPattern(parsing: "https://*.app.example/cb")
    guard let uri = try? RedirectURI(parsing: sent) else { return }
    #expect(!pattern.matches(uri))
  }

  @Test(
    "a star in the path stands for one plain segment, and two stars for plain segments",
    arguments: [
      "https://app.example/a/x%2Fy", "https://app.example/a/x%2fy", "https://app.example/a/x%5Cy",
      "https://app.example/a/..", "https://app.example/a/%2e%2E", "https://app.example/a/.",
      "https://app.example/a/x\\y",
      "https://app.example/a//", "https://app.example/a//evil.example", "https://app.example/a//x/y",
    ])
  func path(_ sent: String) throws {
    guard let uri = try? RedirectURI(parsing: sent) else { return }
    #expect(try !RedirectPattern(parsing: "https://app.example/a/*").matches(uri))
    #expect(try !RedirectPattern(parsing: "https://app.example/a/**").matches(uri))
  }

  @Test("an app's own scheme is never matched by a pattern, not even by * alone")
  func privateUse() throws {
    #expect(try !matches("*", "app.immich:///cb"))
    #expect(try !matches("*://app.example/cb", "app.x://app.example/cb"))
    let uri = try RedirectURI(parsing: "app.immich:///cb")
    #expect(uri.proven(by: ["app.immich:///cb"], patterns: .chosen) != nil)
    #expect(uri.proven(by: ["app.immich:///*", "*"], patterns: .imported) == nil)
  }

  @Test("a star stands for no part of an address in numbers")
  func numbers() throws {
    #expect(try !matches("http://10.*.example.com/cb", "http://10.0.0.1/cb"))
    #expect(throws: RedirectPatternRefusal.malformed(.malformedHost)) {
      try RedirectPattern(parsing: "http://*.0.0.1/cb")
    }
    #expect(try !matches("http://192.168.1.*/cb", "http://192.168.1.7/cb"))
  }

  @Test("patterns count only where they were chosen, broad ones only where they were imported")
  func proven() throws {
    let uri = try RedirectURI(parsing: "https://a.app.example/cb")
    #expect(uri.proven(by: ["https://*.app.example/cb"], patterns: .exact) == nil)
    #expect(uri.proven(by: ["https://*.app.example/cb"], patterns: .chosen)?.text == "https://a.app.example/cb")
    for broad in ["*", "https://*.*.example/cb"] {
      #expect(uri.proven(by: [broad], patterns: .exact) == nil)
      #expect(uri.proven(by: [broad], patterns: .chosen) == nil)
      #expect(uri.proven(by: [broad], patterns: .imported) != nil)
    }
    #expect(uri.proven(by: ["https://**/", "https://*@x/", "https://a.app.example/cb"], patterns: .chosen) != nil)
  }

  @Test("where patterns were chosen a registered star is not a star, and where they were not it is nothing else")
  func star() throws {
    let uri = try RedirectURI(parsing: "https://app.example/*")
    #expect(uri.proven(by: ["https://app.example/*"], patterns: .exact) != nil)
    #expect(uri.proven(by: ["https://app.example/a/*"], patterns: .chosen) == nil)
  }

  @Test("many stars against a long address take no time to speak of")
  func bounded() throws {
    let pattern = "https://app.example/" + String(repeating: "a*", count: 400) + "b"
    let sent = "https://app.example/" + String(repeating: "a", count: 1900)
    let segments = "https://app.example/" + String(repeating: "**/a/", count: 100) + "b"
    let path = "https://app.example/" + String(repeating: "a/", count: 900)
    let begun = ContinuousClock.now
    #expect(try !matches(pattern, sent))
    #expect(try !matches(segments, path))
    #expect(ContinuousClock.now - begun < .seconds(2))
  }

  @Test("the mismatch page marks what does not fit a pattern, and only that")
  func comparison() {
    let comparison = RedirectURIComparison(
      arrived: "https://a.app.example/other", registered: "https://*.app.example/cb", patterns: .chosen)
    #expect(comparison.differences == [.path])
    #expect(comparison.registered.first?.text == "https://*.app.example/")
    let exact = RedirectURIComparison(arrived: "https://a.app.example/cb", registered: "https://*.app.example/cb")
    #expect(exact.differences == [.host])
    let query = RedirectURIComparison(
      arrived: "https://a.app.example:1/cb?b=1", registered: "https://a.app.example:2*/**?a=*", patterns: .chosen)
    #expect(query.differences == [.port, .query])
  }
}
