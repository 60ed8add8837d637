import OIDCRules
import Testing

@Suite("Redirect URIs")
struct RedirectURITests {
  private func refusal(of text: String) -> RedirectURIRefusal? {
    OIDCRulesTests.refusal(RedirectURIRefusal.self) { () throws(RedirectURIRefusal) in try RedirectURI(parsing: text) }
  }

  @Test("the parts are found and the text is kept as it was")
  func parts() throws {
    let uri = try RedirectURI(parsing: "HTTPS://App.example:8443/a/b%2Fc?x=1&y")
    #expect(uri.text == "HTTPS://App.example:8443/a/b%2Fc?x=1&y")
    #expect(uri.scheme == "https")
    #expect(uri.host == .name("App.example"))
    #expect(uri.port == 8443)
    #expect(uri.path == "/a/b%2Fc")
    #expect(uri.query == "x=1&y")
  }

  @Test(
    "what apps really register is accepted",
    arguments: [
      "https://app.example", "https://app.example/", "https://app.example?x", "http://localhost:3000/cb",
      "http://127.0.0.1/cb", "http://[::1]:51004/cb", "https://[2001:db8::1]/cb", "https://xn--bcher-kva.example/cb",
      "http://my_app:8080/cb", "https://10.0.0.7/cb", "app.immich:///oauth-callback", "com.example.app:/cb",
      "obsidian://callback", "https://app.example./cb", "https://app.example/cb?next=%2Fhome", "https://a/b;c=d,e:f@g",
    ])
  func accepted(_ text: String) {
    #expect(refusal(of: text) == nil)
  }

  /// Each row of CVE-2026-28512's family, and of what URI readers disagree about, with the reason it is refused for.
  @Test(
    "what two readers could read differently is refused for its reason",
    arguments: [
      ("", RedirectURIRefusal.empty),
      ("https://app.example@evil.example/callback", .userinfo),
      ("https://app.example:443@evil.example/callback", .userinfo),
      ("https://app.example%40evil.example/callback", .escapeInAuthority),
      ("https://@app.example/callback", .userinfo),
      ("com.example.app://user@host/cb", .userinfo),
      ("https://app.example\\@evil.example/callback", .illegalCharacter("\\")),
      ("https://evil.example\\.app.example/callback", .illegalCharacter("\\")),
      ("https:\\\\evil.example/callback", .illegalCharacter("\\")),
      ("https://app.example/call\tback", .controlCharacter),
      ("https://app.exam\nple/callback", .controlCharacter),
      ("https://app.example/callback\r\nLocation: https://evil.example", .controlCharacter),
      (" https://app.example/callback", .controlCharacter),
      ("https://app.example/callback ", .controlCharacter),
      ("https://app.example/\u{7F}", .controlCharacter),
      ("https://app.example/%0d%0aSet-Cookie:a", .controlCharacter),
      ("https://app.example/%00", .controlCharacter),
      ("https://app.example%2fevil.example/callback", .escapeInAuthority),
      ("https://app.example%2F@evil.example/callback", .userinfo),
      ("https://app.example%5c.evil.example/", .escapeInAuthority),
      ("https://%61pp.example/callback", .escapeInAuthority),
      ("https://аpp.example/callback", .nonASCII),
      ("https://app.example／callback", .nonASCII),
      ("https://app。example/callback", .nonASCII),
      ("https://app.example/bücher", .nonASCII),
      ("https://app.example/callback#", .fragment),
      ("https://app.example/callback#x=1", .fragment),
      ("https://app.example/%", .malformedEscape),
      ("https://app.example/%4", .malformedEscape),
      ("https://app.example/%zz", .malformedEscape),
      ("javascript:alert(1)", .forbiddenScheme("javascript")),
      ("JavaScript:alert(1)", .forbiddenScheme("javascript")),
      ("data:text/html,x", .forbiddenScheme("data")),
      ("vbscript:x", .forbiddenScheme("vbscript")),
      ("file:///etc/passwd", .forbiddenScheme("file")),
      ("blob:https://app.example/1", .forbiddenScheme("blob")),
      ("intent://x", .forbiddenScheme("intent")),
      ("urn:ietf:wg:oauth:2.0:oob", .forbiddenScheme("urn")),
      ("//evil.example/callback", .missingScheme),
      ("/callback", .missingScheme),
      ("callback", .missingScheme),
      ("app.example/callback", .missingScheme),
      ("1https://app.example", .missingScheme),
      ("ht%74ps://app.example", .missingScheme),
      (":https://app.example", .missingScheme),
      ("https:app.example/callback", .missingAuthority),
      ("https:/app.example/callback", .missingAuthority),
      ("https:///app.example/callback", .emptyHost),
      ("https://", .emptyHost),
      ("https:///", .emptyHost),
      ("https://:443/", .emptyHost),
      ("https://?x", .emptyHost),
      ("https://app..example/", .malformedHost),
      ("https://.app.example/", .malformedHost),
      ("https://-app.example/", .malformedHost),
      ("https://app!example/", .malformedHost),
      ("https://app,example/", .malformedHost),
      ("https://127.1/", .malformedHost),
      ("https://0x7f000001/", .malformedHost),
      ("https://2130706433/", .malformedHost),
      ("https://127.0.0.01/", .malformedHost),
      ("https://256.0.0.1/", .malformedHost),
      ("https://1.2.3.4.5/", .malformedHost),
      ("https://[::1/", .malformedHost),
      ("https://[::g]/", .malformedHost),
      ("https://[1::2::3]/", .malformedHost),
      ("https://[fe80::1%25eth0]/", .escapeInAuthority),
      ("https://[v1.x]/", .malformedHost),
      ("https://app.example:/", .malformedPort),
      ("https://app.example:0/", .malformedPort),
      ("https://app.example:080/", .malformedPort),
      ("https://app.example:65536/", .malformedPort),
      ("https://app.example:443:443/", .malformedPort),
      ("https://app.example:44a/", .malformedPort),
      ("https://[::1]x/", .malformedPort),
      ("https://app.example/a/../callback", .dotSegment),
      ("https://app.example/./callback", .dotSegment),
      ("https://app.example/a/%2e%2E/callback", .dotSegment),
      ("https://app.example/a/.%2e", .dotSegment),
      ("https://app.example/..", .dotSegment),
      ("https://app.example/[x]", .malformedPath),
      ("https://app.example/<x>", .illegalCharacter("<")),
      ("https://app.example/\"x", .illegalCharacter("\"")),
      ("https://app.example/{x}", .illegalCharacter("{")),
      ("https://app.example/a|b", .illegalCharacter("|")),
      ("https://app.example/a^b", .illegalCharacter("^")),
      ("https://app.example/`", .illegalCharacter("`")),
    ])
  func refused(_ text: String, _ reason: RedirectURIRefusal) {
    #expect(refusal(of: text) == reason)
  }

  @Test("a redirect URI is bounded in length")
  func tooLong() {
    let prefix = "https://app.example/"
    let longest = prefix + String(repeating: "a", count: Limits.redirectURI - prefix.utf8.count)
    #expect(refusal(of: longest) == nil)
    #expect(refusal(of: longest + "a") == .tooLong)
  }

  @Test("every reason has one sentence")
  func sentences() {
    let reasons: [RedirectURIRefusal] = [
      .empty, .tooLong, .controlCharacter, .nonASCII, .illegalCharacter("|"), .malformedEscape, .fragment,
      .missingScheme, .forbiddenScheme("data"), .missingAuthority, .emptyHost, .userinfo, .escapeInAuthority,
      .malformedHost, .malformedPort, .malformedPath, .dotSegment,
    ]
    #expect(Set(reasons.map { $0.sentence() }).count == reasons.count)
    #expect(reasons.allSatisfy { $0.sentence("The URL").hasPrefix("The URL ") && $0.sentence().hasSuffix(".") })
  }
}
