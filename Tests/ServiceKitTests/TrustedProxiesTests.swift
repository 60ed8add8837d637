import Encodings
import ServiceKit
import Testing

@Suite("Trusted proxies")
struct TrustedProxiesTests {
  @Test("TRUST_PROXY is a word or a list; a list with one wrong entry is refused")
  func parsing() {
    #expect(TrustedProxies("true") == .oneNearby)
    #expect(TrustedProxies("false") == TrustedProxies.none)
    #expect(TrustedProxies("10.0.0.0/8, ::1")?.trusts("::1") == true)
    #expect(TrustedProxies("10.0.0.0/8,nonsense") == nil)
    #expect(TrustedProxies(",") == nil)
  }

  @Test(
    "true is one proxy nearby: the last entry is its word, what stands before it is the client's",
    arguments: [
      ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"), ("10.1.2.3", ["8.8.8.8, 198.51.100.1"], "198.51.100.1"),
      ("192.168.0.9", ["8.8.8.8", "198.51.100.1"], "198.51.100.1"), ("172.20.0.2", ["10.0.0.7"], "10.0.0.7"),
      // Two hops are ranges: what the second proxy says of the first is believed, and not what that one says.
      ("172.20.0.2", ["198.51.100.1, 10.0.0.7"], "10.0.0.7"), ("100.64.0.1", ["198.51.100.1"], "198.51.100.1"),
      ("fd00::2", ["2001:db8::9"], "2001:db8::9"), ("fe80::1", ["198.51.100.1"], "198.51.100.1"),
      ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"), ("2001:db8::5", ["198.51.100.1"], "2001:db8::5"),
      ("172.32.0.1", ["198.51.100.1"], "172.32.0.1"), ("127.0.0.1", [], "127.0.0.1"),
      ("127.0.0.1", ["unknown"], "127.0.0.1"),
    ] as [(String, [String], String)])
  func oneNearby(peer: String, header: [String], client: String) {
    #expect(TrustedProxies.oneNearby.clientAddress(peer: peer, forwardedFor: header) == client)
  }

  @Test("whose header is not believed is named: a proxy nearby while none is trusted, and a stranger")
  func disbelief() throws {
    let header = ["198.51.100.1"]
    let ranges = try #require(TrustedProxies("10.0.0.0/8"))
    for (proxies, peer, expected) in [
      (.none, "127.0.0.1", .nearbyProxy), (.none, "203.0.113.5", .stranger), (.oneNearby, "127.0.0.1", nil),
      (.oneNearby, "203.0.113.5", .stranger), (ranges, "10.0.0.1", nil), (ranges, "192.168.0.1", .nearbyProxy),
    ] as [(TrustedProxies, String, TrustedProxies.Disbelief?)] {
      #expect(proxies.disbelief(peer: peer, forwardedFor: header) == expected, "\(peer)")
      #expect(proxies.disbelief(peer: peer, forwardedFor: []) == nil)
    }
  }

  @Test("an untrusted peer's header counts for nothing")
  func untrustedPeer() {
    #expect(TrustedProxies.none.clientAddress(peer: "203.0.113.5", forwardedFor: ["198.51.100.1"]) == "203.0.113.5")
  }

  @Test(
    "the client is the rightmost address that no proxy of ours has",
    arguments: [
      (["198.51.100.1"], "198.51.100.1"),
      // The client wrote the left entry itself.
      (["1.1.1.1, 198.51.100.1"], "198.51.100.1"), (["198.51.100.1, 10.0.0.7"], "198.51.100.1"),
      (["198.51.100.1", "10.0.0.7"], "198.51.100.1"), ([], "10.0.0.1"), (["10.0.0.9,10.0.0.8"], "10.0.0.9"),
      (["198.51.100.1:4711"], "198.51.100.1"), (["[2001:db8::1]:4711"], "2001:db8::1"),
      (["198.51.100.1, unknown"], "10.0.0.1"), (["198.51.100.1, unknown, 10.0.0.7"], "10.0.0.7"),
    ] as [([String], String)])
  func walk(header: [String], client: String) throws {
    let proxies = try #require(TrustedProxies("10.0.0.0/8"))
    #expect(proxies.clientAddress(peer: "10.0.0.1", forwardedFor: header) == client)
  }

  @Test("IPv6 addresses come out in their short form")
  func shortForm() throws {
    let proxies = try #require(TrustedProxies("::1"))
    #expect(proxies.clientAddress(peer: "0:0:0:0:0:0:0:1", forwardedFor: ["2001:0db8::0001"]) == "2001:db8::1")
  }
}
