import GatewayService
import Testing

@Suite("Floods")
struct FloodGateTests {
  private let start = ContinuousClock.now

  @Test("a burst passes, the next is told how long to wait, and after that time it passes")
  func burst() async {
    let gate = RateLimiter()
    for _ in 0..<5 { #expect(await gate.pass([.proof], "192.0.2.1", now: start) == nil) }
    #expect(await gate.pass([.proof], "192.0.2.1", now: start) == 10)
    #expect(await gate.pass([.proof], "192.0.2.1", now: start + .seconds(9)) == 1)
    #expect(await gate.pass([.proof], "192.0.2.1", now: start + .seconds(10)) == nil)
  }

  @Test("addresses and policies are counted apart")
  func apart() async {
    let gate = RateLimiter()
    for _ in 0..<6 { _ = await gate.pass([.proof], "192.0.2.1", now: start) }
    #expect(await gate.pass([.proof], "192.0.2.2", now: start) == nil)
    #expect(await gate.pass([.signIn], "192.0.2.1", now: start) == nil)
  }

  @Test("whoever was right gets the token back, and never more than a burst")
  func givenBack() async {
    let gate = RateLimiter()
    for _ in 0..<100 {
      #expect(await gate.pass([.general, .oneTimeCode], "192.0.2.1", now: start) == nil)
      await gate.giveBack([.oneTimeCode], "192.0.2.1")
    }
    for _ in 0..<10 { await gate.giveBack([.oneTimeCode], "192.0.2.1") }
    for _ in 0..<5 { #expect(await gate.pass([.oneTimeCode], "192.0.2.1", now: start) == nil) }
    #expect(await gate.pass([.oneTimeCode], "192.0.2.1", now: start) == 10)
  }

  @Test("IPv6 is counted by network of 64 bits")
  func network() async {
    #expect(RateLimiter.network("2001:db8:1:2:3:4:5:6") == RateLimiter.network("2001:db8:1:2::9"))
    #expect(RateLimiter.network("2001:db8::1") == "2001:db8::/64")
    #expect(RateLimiter.network("::1") == "::/64")
    #expect(RateLimiter.network("192.0.2.1") == "192.0.2.1")
  }

  @Test("the number of buckets is bounded; who floods stays remembered while others are forgotten")
  func bound() async {
    let gate = RateLimiter(capacity: 100)
    for _ in 0..<6 { _ = await gate.pass([.proof], "192.0.2.1", now: start) }
    for index in 0..<1000 {
      _ = await gate.pass([.general], "10.0.\(index / 250).\(index % 250)", now: start + .milliseconds(20 * index))
      if index.isMultiple(of: 50) {
        _ = await gate.pass([.proof], "192.0.2.1", now: start + .milliseconds(20 * index))
      }
    }
    #expect(await gate.count <= 100)
  }
}
