import LatchkeyProtocol
import Synchronization
import Testing
import TestKit
import Transport

/// What becomes of calls when servers go away and come back.
@Suite struct SurvivalTests {
  @Test("a call that was sent and whose server died says that it may have happened; it is not sent again")
  func killed() async throws {
    let (service, other) = (TrialService("one"), TrialService("two"))
    let server = try await Fixture.server(service)
    let client = try Fixture.client(server)
    let task = Task {
      await Fixture.failure { () async throws(ServiceFailure) in
        try await client.send(Trial.Wait(text: "x"), Fixture.call())
      }
    }
    await eventually("it is held") { service.arrived == 1 }
    await server.drain(within: .zero)
    let second = try await Fixture.server(other, listen: server.address)
    let failure = await task.value
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == true)
    #expect(other.arrived == 0)
    // The next call finds the new one by itself.
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "two")
    await client.close()
    await second.drain(within: .seconds(5))
  }

  @Test("a read whose server died is asked again at another address")
  func readElsewhere() async throws {
    let (one, two) = (TrialService("one"), TrialService("two"))
    let servers = [try await Fixture.server(one), try await Fixture.server(two)]
    let client = try Fixture.client(servers.map(\.address))
    let task = Task { try await client.send(Trial.WaitRead(text: "answer"), Fixture.call()) }
    await eventually("one of them holds it") { one.arrived + two.arrived == 1 }
    let (dying, living) = one.arrived == 1 ? (0, two) : (1, one)
    await servers[dying].drain(within: .zero)
    await eventually("the other holds it") { living.arrived == 1 }
    living.open()
    #expect(try await task.value == "answer")
    await client.close()
    await servers[1 - dying].drain(within: .seconds(5))
  }

  @Test("a replayable message is sent again with the same request id, and its outcome is repeated")
  func replayable() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let client = try Fixture.client(server)
    let call = Fixture.call()
    #expect(try await client.send(Trial.CountOnce(), call) == 1)
    #expect(try await client.send(Trial.CountOnce(), call) == 1)
    #expect(try await client.send(Trial.CountOnce(), Fixture.call()) == 2)
    await client.close()
    await server.drain(within: .seconds(5))
  }

  @Test("a replayable message whose connection broke is sent again, and happens once")
  func replayAgain() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let proxy = try await Proxy.start(to: server.address)
    let client = try Fixture.client([proxy.address])
    let task = Task { try await client.send(Trial.CountSlowly(), Fixture.call()) }
    await eventually("it is counted and held") { service.arrived == 1 }
    proxy.cut()
    await eventually("it came a second time") { service.arrived == 2 }
    service.open()
    #expect(try await task.value == 1)
    #expect(service.state.withLock { $0.count } == 1)
    await client.close()
    await proxy.stop()
    await server.drain(within: .seconds(5))
  }

  @Test("a server that falls silent is given up, and the call says that it may have happened")
  func silence() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let proxy = try await Proxy.start(to: server.address)
    var limits = Fixture.limits
    limits.keepAlive = .milliseconds(100)
    limits.patience = .seconds(1)
    let client = try Fixture.client([proxy.address], limits: limits)
    // Pings keep a quiet connection open, both ways.
    let held = Task { try await client.send(Trial.Wait(text: "held"), Fixture.call()) }
    await eventually("it is held") { service.arrived == 1 }
    let before = proxy.chunks
    await eventually("pings and pongs went by") { proxy.chunks >= before + 4 }
    proxy.freeze()
    let failure = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call())
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == true)
    await #expect(throws: ServiceFailure(.unavailable, mayHaveHappened: true, "The service went silent.")) {
      try await held.value
    }
    service.open()
    await client.close()
    await proxy.stop()
    await server.drain(within: .zero)
  }

  @Test("nobody there: unavailable with the address and nothing done, within the patience")
  func nobody() async throws {
    let server = try await Fixture.server()
    let address = server.address
    await server.drain(within: .seconds(5))
    var limits = Fixture.limits
    limits.patience = .milliseconds(200)
    let client = try Fixture.client([address], limits: limits)
    let failure = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call())
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == false)
    #expect(failure?.explanation.contains("\(address)") == true)
    let late = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call(.milliseconds(50)))
    }
    #expect(late?.kind == .timedOut)
    #expect(late?.mayHaveHappened == false)
    await client.close()
  }

  @Test("a name that is not found is unavailable; a name with several addresses is tried at each")
  func names() async throws {
    var limits = Fixture.limits
    limits.patience = .milliseconds(200)
    let lost = try Fixture.client([ServiceAddress(host: "nobody.invalid", port: 1)], limits: limits)
    let failure = await Fixture.failure { () async throws(ServiceFailure) in
      try await lost.send(Trial.Count(), Fixture.call())
    }
    #expect(failure?.kind == .unavailable)
    await lost.close()
    // localhost is ::1 as well on most machines, where nothing listens: 127.0.0.1 is found all the same.
    let server = try await Fixture.server()
    let client = try Fixture.client([ServiceAddress(host: "localhost", port: server.address.port)])
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).text == "x")
    await client.close()
    await server.drain(within: .seconds(5))
  }

  @Test("a call waits for a service that is just starting")
  func waits() async throws {
    let server = try await Fixture.server()
    let address = server.address
    await server.drain(within: .seconds(5))
    let client = try Fixture.client([address])
    let task = Task { try await client.send(Trial.Echo(text: "x"), Fixture.call()) }
    let again = try await Fixture.server(TrialService("again"), listen: address)
    #expect(try await task.value.instance == "again")
    await client.close()
    await again.drain(within: .seconds(5))
  }

  @Test("calls are spread over all instances, and an instance that comes back is used again")
  func spread() async throws {
    let first = try await Fixture.server(TrialService("one"))
    let second = try await Fixture.server(TrialService("two"))
    let client = try Fixture.client(first, second)
    var seen: Set<String> = []
    func askUntilSeen(_ wanted: Set<String>) async throws {
      let end = ContinuousClock.now + .seconds(10)
      while seen != wanted, ContinuousClock.now < end {
        seen.insert(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance)
      }
      #expect(seen == wanted)
    }
    try await askUntilSeen(["one", "two"])
    await second.drain(within: .seconds(5))
    for _ in 0..<20 { #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "one") }
    let back = try await Fixture.server(TrialService("three"), listen: second.address)
    try await askUntilSeen(["one", "two", "three"])
    await client.close()
    await first.drain(within: .seconds(5))
    await back.drain(within: .seconds(5))
  }

  @Test("draining under load loses nothing and does nothing twice")
  func drainUnderLoad() async throws {
    let (one, two) = (TrialService("one"), TrialService("two"))
    let first = try await Fixture.server(one)
    let second = try await Fixture.server(two)
    let client = try Fixture.client(first, second)
    let done = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          for _ in 0..<250 {
            _ = try await client.send(Trial.Count(), Fixture.call())
            done.add()
          }
        }
      }
      await eventually("both are at work") {
        one.state.withLock { $0.count } > 50 && two.state.withLock { $0.count } > 50
      }
      await first.drain(within: .seconds(10))
      try await group.waitForAll()
    }
    #expect(done.count == 4000)
    #expect(one.state.withLock { $0.count } + two.state.withLock { $0.count } == 4000)
    await client.close()
    await second.drain(within: .seconds(5))
  }

  @Test("draining waits for what is in flight, takes nothing new, and ends at its deadline")
  func drainWaits() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let client = try Fixture.client(server)
    let task = Task { try await client.send(Trial.Wait(text: "kept"), Fixture.call()) }
    await eventually("it is held") { service.arrived == 1 }
    let drain = Task { await server.drain(within: .seconds(10)) }
    var limits = Fixture.limits
    limits.patience = .milliseconds(100)
    let late = try Fixture.client([server.address], limits: limits)
    await eventually("it no longer listens") { [server] in server.isDraining }
    let failure = await Fixture.failure { () async throws(ServiceFailure) in
      try await late.send(Trial.Count(), Fixture.call())
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == false)
    service.open()
    #expect(try await task.value == "kept")
    await drain.value
    #expect(server.connections == 0)
    await late.close()
    await client.close()
  }
}

/// Counts for many tasks.
private final class Tally: Sendable {
  private let state = Mutex(0)

  var count: Int { state.withLock { $0 } }

  func add() { state.withLock { $0 += 1 } }
}
