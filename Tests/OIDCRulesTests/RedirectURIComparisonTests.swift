import OIDCRules
import Testing

@Suite struct RedirectURIComparisonTests {
  private func marks(_ pieces: [RedirectURIComparison.Piece]) -> String {
    pieces.map { $0.differs ? "[\($0.text)]" : $0.text }.joined()
  }

  @Test(
    "what differs is named and marked on both sides",
    arguments: [
      (
        "https://a.example/cb", "https://a.example/cb/", [.trailingSlash], "https://a.example/cb[]",
        "https://a.example/cb[/]"
      ),
      ("http://a.example/cb", "https://a.example/cb", [.scheme], "[http]://a.example/cb", "[https]://a.example/cb"),
      (
        "https://a.example:8443/cb", "https://a.example/cb", [.port], "https://a.example[:8443]/cb",
        "https://a.example[]/cb"
      ),
      (
        "https://evil.example/cb", "https://a.example/cb", [.host], "https://[evil.example]/cb",
        "https://[a.example]/cb"
      ),
      (
        "https://A.example/CB", "https://a.example/cb", [.letterCase], "https://[A.example]/[CB]",
        "https://[a.example]/[cb]"
      ),
      (
        "https://a.example/login/oauth", "https://a.example/login/generic_oauth", [.path],
        "https://a.example/login/[]oauth", "https://a.example/login/[generic_]oauth"
      ),
      (
        "https://a.example/?x=1", "https://a.example/?x=2", [.query], "https://a.example/?x=[1]",
        "https://a.example/?x=[2]"
      ),
      (
        "https://good.example@evil.example/", "https://good.example/", [.host], "https://[good.example@evil.example]/",
        "https://[good.example]/"
      ),
      ("app:/x", "app:///x", [.scheme], "app[:]/x", "app[://]/x"),
      ("", "https://a.example/", [.scheme, .host, .trailingSlash], "[]", "[https://a.example/]"),
    ] as [(String, String, [RedirectURIComparison.Difference], String, String)])
  func differences(
    arrived: String, registered: String, expected: [RedirectURIComparison.Difference], left: String, right: String
  ) {
    let comparison = RedirectURIComparison(arrived: arrived, registered: registered)
    #expect(comparison.differences == expected)
    #expect(marks(comparison.arrived) == left)
    #expect(marks(comparison.registered) == right)
  }

  @Test(
    "the stretches in a row are the addresses, whatever they are",
    arguments: ["", ":", "://", "a:b@c:1:2/?#x", "é\u{301}", "[::1]:80"])
  func whole(text: String) {
    let other = "https://[::1]:8080/a/b?c=d#e"
    let comparison = RedirectURIComparison(arrived: text, registered: other)
    #expect(comparison.arrived.map(\.text).joined().unicodeScalars.elementsEqual(text.unicodeScalars))
    #expect(comparison.registered.map(\.text).joined() == other)
    #expect(RedirectURIComparison(arrived: text, registered: text).differences.isEmpty)
  }

  @Test("another host is farther than everything else together")
  func distance() {
    let near = RedirectURIComparison(arrived: "http://a.example:1/x?y", registered: "https://a.example/z")
    let far = RedirectURIComparison(arrived: "http://b.example:1/x?y", registered: "http://a.example:1/x?y")
    #expect(near.distance < far.distance)
  }

  @Test("nothing that is shown can hide or turn the text around it")
  func visible() {
    #expect(
      RedirectURIComparison.visible("https://a.example/\u{202E}x y\u{0}") == "https://a.example/%E2%80%AEx%20y%00")
    #expect(RedirectURIComparison.host(of: "HTTPS://A.Example:80/x") == "a.example")
  }
}
