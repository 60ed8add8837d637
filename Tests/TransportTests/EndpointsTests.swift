import NIOCore
import Testing
import Transport

/// Which instance a call goes to, without a network.
@Suite struct EndpointsTests {
  private final class Fake: EndpointConnection {
    var condition: EndpointCondition?

    init(load: Int = 0, isSuspect: Bool = false) { condition = EndpointCondition(load: load, isSuspect: isSuspect) }
  }

  private static let start = ContinuousClock.now
  private var limits = TransportLimits()

  private func addresses(_ hosts: ClosedRange<Int>) throws -> [SocketAddress] {
    try hosts.map { try SocketAddress(ipAddress: "192.0.2.\($0)", port: 1) }
  }

  /// Instances that are connected, named by their addresses.
  private func connected(_ fakes: [Fake]) throws -> (Endpoints<Fake>, names: [String]) {
    var endpoints = Endpoints<Fake>(limits)
    let addresses = try addresses(1...fakes.count)
    #expect(endpoints.list(addresses).count == 0)
    let names = addresses.map(\.description)
    for (name, fake) in zip(names, fakes) {
      _ = endpoints.begin(name)
      #expect(endpoints.connected(name, fake) == true)
    }
    return (endpoints, names)
  }

  private func used(_ step: Endpoints<Fake>.Step) -> String? {
    if case .use(_, let endpoint) = step { endpoint } else { nil }
  }

  private func isWait(_ step: Endpoints<Fake>.Step) -> Bool { if case .wait = step { true } else { false } }

  @Test("equals are used in turn")
  func inTurn() throws {
    var (endpoints, names) = try connected([Fake(), Fake(), Fake()])
    var counts: [String: Int] = [:]
    for _ in 0..<30 { counts[used(endpoints.next(avoiding: [], now: Self.start).step) ?? "none", default: 0] += 1 }
    #expect(counts == Dictionary(uniqueKeysWithValues: names.map { ($0, 10) }))
  }

  @Test("the instance with the fewest calls in flight is used, so that a slow one gets fewer")
  func leastInFlight() throws {
    let fakes = [Fake(load: 3), Fake(load: 1), Fake(load: 2)]
    var (endpoints, names) = try connected(fakes)
    for _ in 0..<5 { #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[1]) }
    fakes[1].condition = EndpointCondition(load: 9, isSuspect: false)
    for _ in 0..<5 { #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[2]) }
  }

  @Test("where it was tried is used again only when there is nothing else")
  func elsewhere() throws {
    let fakes = [Fake(), Fake(load: 50)]
    var (endpoints, names) = try connected(fakes)
    #expect(used(endpoints.next(avoiding: [names[0]], now: Self.start).step) == names[1])
    fakes[1].condition = nil
    #expect(used(endpoints.next(avoiding: [names[0]], now: Self.start).step) == names[0])
  }

  @Test("a suspect instance is passed over, however little it has to do")
  func suspect() throws {
    let fakes = [Fake(isSuspect: true), Fake(load: 200)]
    var (endpoints, names) = try connected(fakes)
    for _ in 0..<4 { #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[1]) }
    #expect(used(endpoints.next(avoiding: [names[1]], now: Self.start).step) == names[1])
    fakes[0].condition = EndpointCondition(load: 0, isSuspect: false)
    #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[0])
  }

  @Test("with none but suspects a call waits, and is told that nobody answers")
  func onlySuspects() throws {
    var (endpoints, _) = try connected([Fake(isSuspect: true), Fake(isSuspect: true)])
    #expect(isWait(endpoints.next(avoiding: [], now: Self.start).step))
    #expect(endpoints.lastFailure == "No instance answers.")
  }

  @Test("a second try goes to another trusted instance or nowhere")
  func other() throws {
    let fakes = [Fake(), Fake(load: 5), Fake(isSuspect: true)]
    let (endpoints, names) = try connected(fakes)
    #expect(endpoints.other(than: names[0]) === fakes[1])
    #expect(endpoints.other(than: names[1]) === fakes[0])
    fakes[1].condition = nil
    #expect(endpoints.other(than: names[0]) == nil)
  }

  @Test("an instance at its limit gets nothing more; when all are, the call is told so")
  func full() throws {
    let fakes = [Fake(load: limits.inFlight), Fake(load: limits.inFlight - 1)]
    var (endpoints, names) = try connected(fakes)
    #expect(used(endpoints.next(avoiding: [names[1]], now: Self.start).step) == names[1])
    fakes[1].condition = EndpointCondition(load: limits.inFlight, isSuspect: false)
    guard case .full = endpoints.next(avoiding: [], now: Self.start).step else {
      Issue.record("not full")
      return
    }
  }

  @Test("one that fails is left alone for twice as long each time, up to a limit, while another works")
  func backOff() throws {
    var (endpoints, names) = try connected([Fake()])
    let listed = try addresses(1...2)
    _ = endpoints.list(listed)
    let failing = listed[1].description
    var now = Self.start
    for failures in 0..<12 {
      let (step, connect) = endpoints.next(avoiding: [], now: now)
      #expect(used(step) == names[0])
      #expect(connect == [failing])
      _ = endpoints.begin(failing)
      #expect(endpoints.next(avoiding: [], now: now).connect.isEmpty, "somebody connects already")
      endpoints.failed(failing, ConnectFailure(reason: "no", isRefusal: false), now: now)
      let wait = min(limits.firstBackOff * (1 << failures), limits.longestBackOff)
      #expect(endpoints.next(avoiding: [], now: now + wait * 0.79).connect.isEmpty)
      now += wait
    }
    _ = endpoints.begin(failing)
    #expect(endpoints.connected(failing, Fake()) == true)
    #expect((0..<2).contains { _ in used(endpoints.next(avoiding: [], now: now).step) == failing })
  }

  @Test("what is no longer listed is given back to be drained and gets nothing new; a failed look-up changes nothing")
  func unlisted() throws {
    let fakes = [Fake(load: 4), Fake(load: 9)]
    var (endpoints, names) = try connected(fakes)
    #expect(endpoints.list([]).isEmpty)
    #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[0])
    let dropped = endpoints.list(try addresses(2...2))
    #expect(dropped.count == 1 && dropped.first === fakes[0])
    #expect(used(endpoints.next(avoiding: [], now: Self.start).step) == names[1])
    #expect(endpoints.connected(names[0], Fake()) == false, "a connection that comes too late is not wanted")
  }

  @Test("a name that is not found keeps what it had; each address counts once")
  func known() throws {
    var known = KnownAddresses(count: 2)
    let (one, two) = (try addresses(1...2), try addresses(2...3))
    known.update([one, two])
    #expect(known.all == (try addresses(1...3)))
    known.update([[], try addresses(4...4)])
    #expect(known.all == one + (try addresses(4...4)))
  }
}
