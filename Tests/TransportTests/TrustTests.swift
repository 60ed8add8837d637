import Testing
import Transport

/// When a connection becomes suspect and when it is trusted again, without a network.
@Suite struct TrustTests {
  private static let start = ContinuousClock.now
  private static let doubt = Duration.milliseconds(500)

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { Self.start + .milliseconds(milliseconds) }

  private func trust() -> Trust { Trust(doubt: Self.doubt, now: at(0)) }

  @Test("silence is nothing special while no call waits")
  func idle() {
    var trust = trust()
    #expect(trust.check(oldestCall: nil, now: at(60_000)) == .nothing)
    // A call that has only just begun to wait changes nothing about it.
    #expect(trust.check(oldestCall: at(60_000), now: at(60_499)) == .nothing)
    #expect(!trust.isSuspect)
  }

  @Test("a call that waits in silence has the other end asked, once; unanswered for as long again, it is suspect")
  func suspect() {
    var trust = trust()
    #expect(trust.check(oldestCall: at(0), now: at(499)) == .nothing)
    #expect(trust.check(oldestCall: at(0), now: at(500)) == .ask)
    #expect(trust.check(oldestCall: at(0), now: at(999)) == .nothing)
    #expect(trust.check(oldestCall: at(0), now: at(1000)) == .suspect)
    #expect(trust.isSuspect)
    #expect(trust.check(oldestCall: at(0), now: at(9000)) == .nothing)
  }

  @Test("a slow answer makes nobody suspect as long as pings are answered")
  func slow() {
    var trust = trust()
    for second in 0..<20 {
      #expect(trust.check(oldestCall: at(0), now: at(second * 600 + 500)) == .ask)
      #expect(trust.heard(now: at(second * 600 + 600)) == false)
      #expect(!trust.isSuspect)
    }
  }

  @Test("other answers count as signs of life")
  func busy() {
    var trust = trust()
    for tick in 1..<100 {
      _ = trust.heard(now: at(tick * 400))
      #expect(trust.check(oldestCall: at(0), now: at(tick * 400 + 399)) == .nothing)
    }
  }

  @Test("a ping stays unanswered although the calls that caused it are over")
  func remembered() {
    var trust = trust()
    #expect(trust.check(oldestCall: at(0), now: at(500)) == .ask)
    #expect(trust.check(oldestCall: at(5000), now: at(5000)) == .suspect)
  }

  @Test("whatever is heard ends a suspicion, and says so once")
  func again() {
    var trust = trust()
    _ = trust.check(oldestCall: at(0), now: at(500))
    _ = trust.check(oldestCall: at(0), now: at(1000))
    #expect(trust.heard(now: at(1500)) == true)
    #expect(!trust.isSuspect)
    #expect(trust.heard(now: at(1500)) == false)
    #expect(trust.check(oldestCall: at(0), now: at(1999)) == .nothing)
    #expect(trust.check(oldestCall: at(0), now: at(2000)) == .ask)
  }
}
