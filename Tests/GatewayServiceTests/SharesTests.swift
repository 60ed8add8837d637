import GatewayService
import LatchkeyProtocol
import ServiceKit
import Testing
import Transport

@Suite("Shares")
struct SharesTests {
  @Test("a network gets its share and no more; another one does not notice", arguments: Shares.Resource.allCases)
  func share(resource: Shares.Resource) throws {
    let shares = Shares()
    try shares.take(resource, for: "203.0.113.7")
    try shares.take(resource, resource.share - 1, for: "203.0.113.7")
    #expect(throws: Shares.Shortage.share) { try shares.take(resource, for: "203.0.113.7") }
    try shares.take(resource, for: "203.0.113.8")
    try shares.take(resource, for: nil)
    shares.give(resource, for: "203.0.113.7")
    try shares.take(resource, for: "203.0.113.7")
  }

  @Test("what all hold together is bounded, for those too whom no share binds", arguments: Shares.Resource.allCases)
  func all(resource: Shares.Resource) throws {
    let shares = Shares()
    try shares.take(resource, resource.all, for: nil)
    #expect(throws: Shares.Shortage.all) { try shares.take(resource, for: "203.0.113.7") }
    #expect(throws: Shares.Shortage.all) { try shares.take(resource, for: nil) }
    shares.give(resource, for: nil)
    try shares.take(resource, for: "203.0.113.7")
  }

  @Test("what was held for work is given back, whatever comes of it, and nobody is remembered who holds nothing")
  func givesBack() async throws {
    struct Broken: Error {}
    let shares = Shares()
    for _ in 0..<(2 * Shares.Resource.requests.share) {
      await #expect(throws: Broken.self) {
        try await shares.hold(.requests, for: "203.0.113.7") {
          #expect(shares.networks == 1)
          throw Broken()
        }
      }
    }
    #expect(shares.networks == 0)
  }

  @Test("the gateway admits no more than a service takes from it, and a share leaves room for others")
  func figures() {
    #expect(Shares.Resource.requests.all <= TransportLimits().inFlight)
    for resource in Shares.Resource.allCases { #expect(resource.share * 4 <= resource.all) }
    // Ten pictures at once from one house.
    #expect(Limits.fileInFlight * 10 <= Limits.bodiesPerNetwork)
  }

  @Test(
    "a share binds the client, not this machine and not the proxies that bring it",
    arguments: [
      // TRUST_PROXY, peer, X-Forwarded-For; whose share
      ("false", "203.0.113.7", nil, "203.0.113.7"), ("false", "2001:db8:1:2:3::4", nil, "2001:db8:1:2::/64"),
      ("false", "127.0.0.1", nil, nil), ("false", "::1", nil, nil), ("false", "", nil, nil),
      ("false", "192.168.1.7", nil, "192.168.1.7"), ("false", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
      // A proxy nearby that is not believed: its people would share one share.
      ("false", "192.168.1.2", "198.51.100.1", nil), ("false", "127.0.0.1", "198.51.100.1", nil),
      ("true", "192.168.1.2", "198.51.100.1", "198.51.100.1"), ("true", "192.168.1.2", nil, nil),
      ("true", "127.0.0.1", "192.168.1.9", "192.168.1.9"), ("203.0.113.2", "203.0.113.2", nil, nil),
      ("203.0.113.2", "203.0.113.2", "198.51.100.1", "198.51.100.1"),
    ] as [(String, String, String?, String?)])
  func whose(trust: String, peer: String, forwardedFor: String?, network: String?) throws {
    let neighbourhood = Neighbourhood(try #require(TrustedProxies(trust)))
    let origin = neighbourhood.origin(peer: peer, forwardedFor: forwardedFor.map { [$0] } ?? [])
    #expect(origin.network == network)
  }

  @Test("a proxy nearby that is not believed is told of once, remembered, and free of the share of connections")
  func unbelieved() {
    let neighbourhood = Neighbourhood(.none)
    #expect(neighbourhood.network(peer: "192.168.1.2") == "192.168.1.2")
    #expect(neighbourhood.origin(peer: "192.168.1.2", forwardedFor: ["198.51.100.1"]).disbelief == .nearbyProxy)
    #expect(neighbourhood.origin(peer: "192.168.1.2", forwardedFor: ["198.51.100.2"]).disbelief == nil)
    #expect(neighbourhood.network(peer: "192.168.1.2") == nil)
    #expect(neighbourhood.network(peer: "192.168.1.3") == "192.168.1.3")
    #expect(neighbourhood.unbelievedProxies == ["192.168.1.2"])
    for last in 1...200 { _ = neighbourhood.origin(peer: "10.0.0.\(last)", forwardedFor: ["198.51.100.1"]) }
    #expect(neighbourhood.unbelievedProxies.count == Limits.unbelievedProxies)
  }
}
