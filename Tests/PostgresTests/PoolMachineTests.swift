import Postgres
import Testing

@Suite("the pool's rules") struct PoolMachineTests {
  private var machine = PoolMachine(
    .init(connections: 2, waiters: 3, waitTimeout: .seconds(5), idleTimeout: .seconds(60)))
  private let start = ContinuousClock.now

  private mutating func at(_ seconds: Double, _ event: PoolMachine.Event) -> [PoolMachine.Action] {
    machine.handle(event, now: start + .seconds(seconds))
  }

  @Test("a connection is opened for the first caller, lent to it, and lent again to the next")
  mutating func reuse() {
    #expect(at(0, .asked(1)) == [.open(1)])
    #expect(at(0, .opened(1)) == [.lend(1, to: 1)])
    #expect(at(0, .returned(1)) == [])
    #expect(at(1, .asked(2)) == [.lend(1, to: 2)])
  }

  @Test("no more connections are opened than the limit, and callers are served in their order")
  mutating func bounded() {
    #expect(at(0, .asked(1)) == [.open(1)])
    #expect(at(0, .asked(2)) == [.open(2)])
    #expect(at(0, .asked(3)) == [])
    #expect(at(0, .opened(2)) == [.lend(2, to: 1)])
    #expect(at(0, .opened(1)) == [.lend(1, to: 2)])
    #expect(at(0, .asked(4)) == [])
    #expect(at(0, .returned(1)) == [.lend(1, to: 3)])
    #expect(at(0, .returned(2)) == [.lend(2, to: 4)])
  }

  @Test("one caller too many is refused at once")
  mutating func tooMany() {
    for id in 1...3 { _ = at(0, .asked(UInt64(id))) }
    #expect(at(0, .asked(4)) == [.refuse(4, .tooManyWaiters)])
  }

  @Test("a caller that waited too long is refused; whoever came later is not")
  mutating func waitTimeout() {
    _ = at(0, .asked(1))
    _ = at(0, .opened(1))
    _ = at(0, .asked(2))
    _ = at(0, .opened(2))
    _ = at(1, .asked(3))
    _ = at(3, .asked(4))
    #expect(at(5.9, .ticked) == [])
    #expect(at(6, .ticked) == [.refuse(3, .waitedTooLong)])
    #expect(at(6, .returned(1)) == [.lend(1, to: 4)])
  }

  @Test("a caller that gave up is not served and frees its place")
  mutating func withdrawal() {
    for id in 1...3 { _ = at(0, .asked(UInt64(id))) }
    #expect(at(0, .withdrew(1)) == [])
    #expect(at(0, .asked(4)) == [])
    #expect(at(0, .opened(1)) == [.lend(1, to: 2)])
  }

  @Test("after a failure there is a pause, then a single attempt, then all again")
  mutating func pause() {
    _ = at(0, .asked(1))
    _ = at(0, .asked(2))
    #expect(at(0, .lost(1, pause: .seconds(1), reason: "refused")) == [])
    #expect(at(0, .lost(2, pause: .seconds(1), reason: "refused")) == [])
    #expect(at(0.5, .ticked) == [])
    #expect(at(1, .ticked) == [.open(3)])
    #expect(at(1.1, .asked(3)) == [])
    #expect(at(1.2, .opened(3)) == [.lend(3, to: 1)])
    #expect(at(1.3, .ticked) == [.open(4)])
  }

  @Test("without a server, waiting ends with its reason")
  mutating func noServer() {
    _ = at(0, .asked(1))
    _ = at(0, .lost(1, pause: .seconds(10), reason: "refused"))
    #expect(at(5, .ticked) == [.refuse(1, .noServer("refused"))])
  }

  @Test("a borrower whose connection died unused gets another, before all others")
  mutating func diedUnused() {
    _ = at(0, .asked(1))
    #expect(at(0, .opened(1)) == [.lend(1, to: 1)])
    _ = at(0, .asked(2))
    #expect(at(0, .lost(1, pause: nil, reason: "gone")) == [.open(3)])
    #expect(at(0, .opened(2)) == [.lend(2, to: 1)])
    #expect(at(0, .opened(3)) == [.lend(3, to: 2)])
  }

  @Test("a borrower whose statement was sent is not served twice")
  mutating func diedInUse() {
    _ = at(0, .asked(1))
    _ = at(0, .opened(1))
    #expect(at(0, .sent(1)) == [])
    #expect(at(0, .lost(1, pause: nil, reason: "gone")) == [])
    #expect(machine.connectionCount == 0)
    // Its return, which comes after its loss, changes nothing.
    #expect(at(0, .returned(1)) == [])
    #expect(at(0, .asked(2)) == [.open(2)])
  }

  @Test("the connection used last is used first, and the other grows old")
  mutating func idle() {
    _ = at(0, .asked(1))
    _ = at(0, .asked(2))
    _ = at(0, .opened(1))
    _ = at(0, .opened(2))
    _ = at(0, .returned(1))
    _ = at(1, .returned(2))
    #expect(at(30, .asked(3)) == [.lend(2, to: 3)])
    #expect(at(31, .returned(2)) == [])
    #expect(at(60, .ticked) == [.close(1)])
    #expect(machine.connectionCount == 1)
    #expect(at(91, .ticked) == [.close(2)])
    #expect(!machine.needsTicks)
  }

  @Test("closing refuses those who wait and whoever comes later")
  mutating func closing() {
    _ = at(0, .asked(1))
    _ = at(0, .opened(1))
    _ = at(0, .asked(2))
    #expect(at(0, .closed) == [.refuse(2, .closed), .close(1), .close(2)])
    #expect(at(0, .asked(3)) == [.refuse(3, .closed)])
    #expect(at(0, .opened(2)) == [])
  }
}

@Suite("small parts") struct SmallPartsTests {
  @Test("pauses double up to two seconds, and start over")
  func backoff() {
    var backoff = Backoff()
    #expect(
      (0..<8).map { _ in backoff.next(chance: 0) }
        == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
    #expect(backoff.next(chance: 1) == .seconds(1))
    backoff.reset()
    #expect(backoff.next(chance: 1) == .milliseconds(25))
  }

  @Test("a queue keeps its order through thousands of turns")
  func fifo() {
    var queue = FIFO<Int>()
    var expected = 0
    for number in 0..<5000 {
      queue.append(number)
      if number % 3 == 0 {
        #expect(queue.popFirst() == expected)
        expected += 1
      }
    }
    #expect(queue.count == 5000 - expected)
    queue.prepend(-1)
    #expect(queue.popFirst() == -1)
    #expect(queue.remove { $0 == 4000 } == 4000)
    #expect(queue.remove { $0 == 4000 } == nil)
    queue.updateFirst { $0 += 1_000_000 }
    #expect(queue.first == expected + 1_000_000)
    #expect(queue.removeAll().count == 4999 - expected)
    #expect(queue.isEmpty)
  }

  @Test("names and texts are quoted")
  func quoting() {
    #expect(SQLText.identifier("a\"b") == "\"a\"\"b\"")
    #expect(SQLText.literal("it's") == "'it''s'")
    #expect(SQLText.literal("a\\'b") == " E'a\\\\''b'")
  }
}
