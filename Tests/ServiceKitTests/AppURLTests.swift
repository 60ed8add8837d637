import ServiceKit
import Testing

@Suite("APP_URL")
struct AppURLTests {
  @Test("is lower-cased, loses its trailing slash, and keeps its port")
  func canonical() throws {
    let url = try #require(AppURL("HTTPS://ID.Example.com:8443/"))
    #expect(url.issuer == "https://id.example.com:8443")
    #expect(url.host == "id.example.com")
    #expect(url.isSecure)
    #expect(url.effectivePort == 8443)
  }

  @Test("the origin leaves out the port that the scheme implies, the issuer does not")
  func origin() throws {
    let url = try #require(AppURL("https://id.example.com:443"))
    #expect(url.origin == "https://id.example.com")
    #expect(url.issuer == "https://id.example.com:443")
    #expect(AppURL("http://localhost:80")?.origin == "http://localhost")
  }

  @Test(
    "anything but scheme, host and port is refused",
    arguments: [
      "", "id.example.com", "ftp://id.example.com", "https://", "https://a/path", "https://a?b", "https://a#b",
      "https://user@a", "https://user:pw@a", "https://a:0", "https://a:65536", "https://a:", "https://a b",
      "https://a//",
      "https://[::1", "https://[1.2.3.4]", "https://-a", "https://a..b", "https://a:+1", "https://ä.de",
    ])
  func refused(text: String) { #expect(AppURL(text) == nil) }

  @Test(
    "passkeys need https with a name, or localhost",
    arguments: [
      ("https://id.example.com", true), ("http://localhost:1411", true), ("http://app.localhost", true),
      ("http://id.example.com", false), ("https://192.0.2.1", false), ("http://127.0.0.1:1411", false),
      ("http://[::1]:1411", false),
    ])
  func passkeys(text: String, allowed: Bool) { #expect(AppURL(text)?.allowsPasskeys == allowed) }

  @Test("an IPv6 host keeps its brackets in text only")
  func ipv6() throws {
    let url = try #require(AppURL("http://[::1]:1411"))
    #expect(url.host == "::1")
    #expect(url.issuer == "http://[::1]:1411")
    #expect(url.isLocalhost)
  }
}
