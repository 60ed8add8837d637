import OIDCRules
import Testing

@Suite("Callback URLs")
struct CallbackURLTests {
  private func refusal(of text: String, patterns: CallbackPatterns = .exact) -> CallbackURL.Refusal? {
    OIDCRulesTests.refusal(CallbackURL.Refusal.self) { () throws(CallbackURL.Refusal) in
      try CallbackURL.validated(text, patterns: patterns)
    }
  }

  @Test("a star is refused where nobody chose patterns, with a sentence that says so")
  func wildcard() {
    for text in ["*", "https://*.example/cb", "https://app.example/**", "https://app.example/cb?*"] {
      #expect(refusal(of: text) == .wildcard)
    }
    #expect(CallbackURL.Refusal.wildcard.sentence.contains("choose that stars stand for anything"))
  }

  @Test("where patterns were chosen, a good one passes and a broad one only when it was imported")
  func patterns() {
    for text in [
      "https://*.app.example/cb", "https://app.example/**", "http://*.lan/cb", "https://app.example/cb?x=*",
      "https://a.b.*.example.com:80*/x", "https://*.example.co.uk/cb", "https://*.ada.duckdns.org/cb",
      "https://*.home.arpa/cb", "https://*.nas.home.arpa/cb", "https://*.www.ck/cb", "https://*.localhost/cb",
    ] {
      #expect(refusal(of: text, patterns: .chosen) == nil, "\(text)")
    }
    for text in [
      "*", "https://*", "https://*.com/cb", "https://app.*/cb", "https://*.co.uk/cb", "https://*.github.io/cb",
      "https://*.*/cb", "http://192.168.1.*/cb", "https://*:8443/cb", "https://*.s3.amazonaws.com/cb",
      "https://*.compute.amazonaws.com/cb", "https://*.any.thing.amazonaws.com/cb", "https://*.r2.dev/cb",
      "https://*.blob.core.windows.net/cb", "https://*.cloudfunctions.net/cb", "https://*.hopto.org/cb",
      "https://*.ddnss.de/cb", "https://*.eu.org/cb", "https://*.ngrok-free.dev/cb", "https://*.lhr.life/cb",
      "https://*.gitpod.io/cb", "https://*.app.github.dev/cb", "https://*.codespaces.github.dev/cb",
      "https://*.duckdns.org/cb", "https://*.com.au/cb", "https://*.ck/cb", "https://*.any.ck/cb",
      "https://*.nip.io/cb",
      "https://me-*.github.io/cb", "https://*.xn--p1ai/cb",
    ] {
      guard case .tooBroad(let doubt) = refusal(of: text, patterns: .chosen) else {
        Issue.record("\(text) passed")
        continue
      }
      #expect(refusal(of: text, patterns: .imported) == nil && doubt.sentence.count > 40, "\(text)")
    }
  }

  @Test("a public client has no patterns, whatever was chosen; nor has one for which nobody chose them")
  func patternsOf() {
    for imported in [false, true] {
      #expect(CallbackPatterns(isPublic: true, chosen: true, imported: imported) == .native)
      #expect(CallbackPatterns(isPublic: true, chosen: false, imported: imported) == .native)
      #expect(CallbackPatterns(isPublic: false, chosen: false, imported: imported) == .exact)
    }
    #expect(CallbackPatterns(isPublic: false, chosen: true, imported: false) == .chosen)
    #expect(CallbackPatterns(isPublic: false, chosen: true, imported: true) == .imported)
  }

  @Test(
    "a pattern that cannot be one says why",
    arguments: [
      ("app.immich:///*", .privateUseScheme), ("https://app.example/a**", .globstar),
      ("https://**.example/", .globstar),
      ("https://app.example/cb?*=1", .queryName), ("https://app.example/cb?a=**", .globstar),
      ("https://*@app.example/", .malformed(.userinfo)), ("https://app.example/*#x", .malformed(.fragment)),
      ("https://app.example/../*", .malformed(.dotSegment)), ("https://[::*]/", .malformed(.malformedHost)),
      ("https:/*", .malformed(.missingAuthority)), ("https:///*", .malformed(.emptyHost)),
      ("javascript:*", .malformed(.forbiddenScheme("javascript"))), ("*.example/cb", .malformed(.missingScheme)),
      ("https://app.example\\*/", .malformed(.illegalCharacter("\\"))),
      ("https://ex ample/*", .malformed(.controlCharacter)),
      ("https://app.example%2f*/", .malformed(.escapeInAuthority)), ("ftp*://app.example/", .malformed(.missingScheme)),
      ("https://app.example:*x/", .malformed(.malformedPort)),
      ("https://app.example/%2*", .malformed(.malformedEscape)),
    ] as [(String, RedirectPatternRefusal)])
  func badPatterns(_ text: String, _ reason: RedirectPatternRefusal) {
    #expect(refusal(of: text, patterns: .imported) == .pattern(reason))
    #expect(CallbackURL.Refusal.pattern(reason).sentence.hasPrefix("The callback URL"))
  }

  @Test("parameters of the answer are refused in patterns too")
  func patternRules() {
    #expect(refusal(of: "https://app.example/*?code=*", patterns: .chosen) == .responseParameter("code"))
  }

  @Test("what cannot be parsed says what is wrong with it")
  func malformed() {
    #expect(refusal(of: "https://a@b/") == .malformed(.userinfo))
    #expect(CallbackURL.Refusal.malformed(.fragment).sentence == "The callback URL has a fragment (#).")
  }

  @Test("a query that already has a parameter of the answer is refused")
  func responseParameter() {
    #expect(refusal(of: "https://app.example/cb?a=1&code=2") == .responseParameter("code"))
    #expect(refusal(of: "https://app.example/cb?st%61te=2") == .responseParameter("state"))
    #expect(refusal(of: "https://app.example/cb?provider=latchkey") == nil)
  }
}
