import GatewayService
import Testing

@Suite("Local paths")
struct LocalPathTests {
  @Test(
    "a path of ours is taken as it is",
    arguments: ["/", "/settings/account", "/interaction?interaction=1&x=%20", "/a/b#c", "/login?redirect=//evil"])
  func own(path: String) {
    #expect(LocalPath(path)?.text == path)
  }

  @Test(
    "whatever a browser could take for another site is refused",
    arguments: [
      "", "login", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
      "https:evil.example",
      "javascript:alert(1)", "/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%09/evil.example",
      "/\t/evil.example", "/\n/evil.example", " /login", "/\u{202e}", "/é", "///evil.example", "/..//evil.example",
      "/%2e%2e//evil.example", "/./evil", "/%2e%2E/evil", "/a//evil.example", "/@evil\\..", "http:///evil",
    ])
  func foreign(path: String) {
    #expect(LocalPath(path) == nil)
  }

  @Test("a path beyond 2 KiB is refused")
  func long() {
    #expect(LocalPath("/" + String(repeating: "a", count: 2048)) == nil)
  }
}
