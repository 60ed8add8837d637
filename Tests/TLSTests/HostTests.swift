import TLS
import Testing

/// What a certificate can be held against.
@Suite struct HostTests {
  @Test("a name is one in ASCII, and an address one of either kind")
  func hosts() {
    for text in [
      "localhost", "mail.example.org", "mail.example.org.", "my_host.lan", "127.0.0.1", "::1", "2001:db8::1",
      "fe80::1%eth0",
    ] { #expect(TLSHost(text) != nil, "\(text)") }
    for text in [
      "", ".", ".example.org", "bücher.example", "a b", "a\0b", "127.0.0.1\0.example.org", "[::1]", "*.example.org",
      "example.org:443", "a/b",
      String(repeating: "a", count: 254),
    ] { #expect(TLSHost(text) == nil, "\(text)") }
    #expect(TLSHost("mail.example.org.") == TLSHost("mail.example.org"))
    #expect(TLSHost("fe80::1%eth0") == TLSHost("fe80::1"))
  }
}
