import LatchkeyProtocol
import NIOCore
import Synchronization
import Testing
import TestKit
import Transport

/// Several instances of one service: one falls silent, one is slow, one leaves the name that it was found under.
@Suite struct InstancesTests {
  /// Asks until these have answered.
  private func ask(_ client: TCPClient, until wanted: Set<String>) async throws {
    var seen: Set<String> = []
    let end = ContinuousClock.now + .seconds(10)
    while !seen.isSuperset(of: wanted), ContinuousClock.now < end {
      seen.insert(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance)
    }
    #expect(seen.isSuperset(of: wanted))
  }

  @Test("an instance that falls silent costs a read a moment, gets nothing new, and is used again when it answers")
  func silent() async throws {
    let servers = [try await Fixture.server(TrialService("one")), try await Fixture.server(TrialService("two"))]
    let proxy = try await Proxy.start(to: servers[0].address)
    var limits = Fixture.limits
    limits.doubt = .milliseconds(50)
    let client = try Fixture.client([proxy.address, servers[1].address], limits: limits)
    try await ask(client, until: ["one", "two"])
    proxy.hold()
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 {
        group.addTask { try await client.send(Trial.Echo(text: "x"), Fixture.call(.seconds(60))).instance }
      }
      for try await instance in group { #expect(instance == "two") }
    }
    // A quarter of the time would be fifteen seconds: what moved them is the unanswered ping.
    #expect(began.duration(to: .now) < .seconds(10))
    for _ in 0..<20 { #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "two") }
    proxy.release()
    try await ask(client, until: ["one"])
    await client.close()
    await proxy.stop()
    for server in servers { await server.drain(within: .seconds(5)) }
  }

  @Test("what may be done once only waits for the silent instance that it was sent to, and happens once")
  func once() async throws {
    let services = [TrialService("one"), TrialService("two")]
    let servers = [try await Fixture.server(services[0]), try await Fixture.server(services[1])]
    let proxy = try await Proxy.start(to: servers[0].address)
    var limits = Fixture.limits
    limits.doubt = .milliseconds(50)
    limits.hedgeAfterShare = 0.001
    let client = try Fixture.client([proxy.address, servers[1].address], limits: limits)
    try await ask(client, until: ["one", "two"])
    proxy.hold()
    // The second goes to the one with fewer calls in flight, so that one of the two is held.
    let tasks = (0..<2).map { _ in Task { try await client.send(Trial.Count(), Fixture.call(.seconds(60))) } }
    await eventually("one of them is counted") { services[1].state.withLock { $0.count } == 1 }
    // Of these, at least one goes to the silent instance and is moved: what could move the count has happened, too.
    let reads = (0..<3).map { _ in Task { try await client.send(Trial.WaitRead(text: "x"), Fixture.call()) } }
    await eventually("the reads are where answers come from") { services[1].arrived == 3 }
    #expect(services[1].state.withLock { $0.count } == 1)
    for service in services { service.open() }
    for read in reads { #expect(try await read.value == "x") }
    proxy.release()
    for task in tasks { #expect(try await task.value == 1) }
    #expect(services.map { $0.state.withLock { $0.count } } == [1, 1])
    await client.close()
    await proxy.stop()
    for server in servers { await server.drain(within: .seconds(5)) }
  }

  @Test("with one instance, silent, a call is told soon and nothing was begun; when it answers again, calls pass")
  func alone() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let proxy = try await Proxy.start(to: server.address)
    var limits = Fixture.limits
    limits.doubt = .milliseconds(20)
    limits.patience = .seconds(1)
    let client = try Fixture.client([proxy.address], limits: limits)
    _ = try await client.send(Trial.Echo(text: "x"), Fixture.call())
    proxy.hold()
    // The first finds out.
    let first = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call(.milliseconds(300)))
    }
    #expect(first?.kind == .timedOut && first?.mayHaveHappened == true)
    let next = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call())
    }
    #expect(next == ServiceFailure(.unavailable, mayHaveHappened: false, "No instance answers."))
    proxy.release()
    await eventually("what was sent arrives") { service.state.withLock { $0.count } == 1 }
    let end = ContinuousClock.now + .seconds(10)
    while (try? await client.send(Trial.Count(), Fixture.call())) == nil, ContinuousClock.now < end {}
    #expect(service.state.withLock { $0.count } == 2)
    await client.close()
    await proxy.stop()
    await server.drain(within: .seconds(5))
  }

  @Test("what may be sent twice is asked at a second instance after a share of its time, and happens once")
  func slow() async throws {
    // Two instances and what they share, as services share Postgres.
    let service = TrialService()
    let servers = [try await Fixture.server(service), try await Fixture.server(service)]
    var limits = Fixture.limits
    limits.hedgeAfterShare = 0.01
    let client = try Fixture.client(servers.map(\.address), limits: limits)
    // What may be done once only begins first: its share of the time is over first.
    let once = Task { try await client.send(Trial.Wait(text: "once"), Fixture.call()) }
    await eventually("it is held") { service.arrived == 1 }
    let counted = Task { try await client.send(Trial.CountSlowly(), Fixture.call()) }
    let read = Task { try await client.send(Trial.WaitRead(text: "read"), Fixture.call()) }
    await eventually("both are held twice") { service.arrived == 5 }
    service.open()
    #expect(try await once.value == "once")
    #expect(try await counted.value == 1)
    #expect(try await read.value == "read")
    #expect(service.arrived == 5)
    #expect(service.state.withLock { $0.count } == 1)
    await client.close()
    for server in servers { await server.drain(within: .seconds(5)) }
  }

  @Test("whichever instance answers first, the call has its answer, and the other's comes to nothing")
  func firstAnswer() async throws {
    let services = [TrialService("one"), TrialService("two")]
    let servers = [try await Fixture.server(services[0]), try await Fixture.server(services[1])]
    var limits = Fixture.limits
    limits.hedgeAfterShare = 0.01
    let client = try Fixture.client(servers.map(\.address), limits: limits)
    for round in 0..<2 {
      let task = Task { try await client.send(Trial.WaitRead(text: "\(round)"), Fixture.call()) }
      await eventually("both hold it") { services.allSatisfy { $0.held == 1 } }
      services[round].letGo()
      #expect(try await task.value == "\(round)")
      services[1 - round].letGo()
    }
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).text == "x")
    await client.close()
    for server in servers { await server.drain(within: .seconds(5)) }
  }

  @Test("a name is followed to its new addresses; the instance that left is drained, not cut")
  func names() async throws {
    let (one, two) = (TrialService("one"), TrialService("two"))
    let first = try await Fixture.server(one)
    let second = try await Fixture.server(
      two, listen: ServiceAddress(host: "127.0.0.2", port: first.address.port))
    let listed = Mutex(["127.0.0.1"])
    let resolver = Resolver { name in
      guard name.host == "trial.test" else { return [] }
      return listed.withLock { $0 }.compactMap { try? SocketAddress(ipAddress: $0, port: name.port) }
    }
    var limits = Fixture.limits
    limits.resolve = .milliseconds(10)
    let client = TCPClient(
      service: "trial", addresses: [ServiceAddress(host: "trial.test", port: first.address.port)], peer: .gateway,
      key: try Fixture.key(), limits: limits, resolver: resolver, logger: Fixture.logger)
    for _ in 0..<5 { #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "one") }
    listed.withLock { $0 = ["127.0.0.1", "127.0.0.2"] }
    try await ask(client, until: ["one", "two"])
    // Nothing found is no news.
    listed.withLock { $0 = [] }
    try await ask(client, until: ["one", "two"])

    let held = (0..<2).map { _ in Task { try await client.send(Trial.Wait(text: "kept"), Fixture.call()) } }
    await eventually("each holds one") { one.arrived == 1 && two.arrived == 1 }
    listed.withLock { $0 = ["127.0.0.2"] }
    let isFollowed = Mutex(false)
    let asking = Task {
      let end = ContinuousClock.now + .seconds(10)
      var inARow = 0
      while inARow < 20, ContinuousClock.now < end {
        inARow = try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "two" ? inARow + 1 : 0
      }
      isFollowed.withLock { $0 = inARow == 20 }
    }
    await eventually("only the listed one is asked") { isFollowed.withLock { $0 } }
    try await asking.value
    #expect(first.connections == 1, "what is in flight keeps its connection")
    one.open()
    two.open()
    for task in held { #expect(try await task.value == "kept") }
    await eventually("the one that left has no connection any more") { first.connections == 0 }
    #expect(second.connections == 1)
    await client.close()
    await first.drain(within: .seconds(5))
    await second.drain(within: .seconds(5))
  }

  @Test("when all instances moved at once, calls wait for the new addresses")
  func moved() async throws {
    let first = try await Fixture.server(TrialService("one"))
    let second = try await Fixture.server(
      TrialService("two"), listen: ServiceAddress(host: "127.0.0.2", port: first.address.port))
    let listed = Mutex("127.0.0.1")
    let resolver = Resolver { name in
      [try? SocketAddress(ipAddress: listed.withLock { $0 }, port: name.port)].compactMap { $0 }
    }
    var limits = Fixture.limits
    limits.urgentResolve = .milliseconds(20)
    let client = TCPClient(
      service: "trial", addresses: [ServiceAddress(host: "trial.test", port: first.address.port)], peer: .gateway,
      key: try Fixture.key(), limits: limits, resolver: resolver, logger: Fixture.logger)
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "one")
    await first.drain(within: .seconds(5))
    listed.withLock { $0 = "127.0.0.2" }
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).instance == "two")
    await client.close()
    await second.drain(within: .seconds(5))
  }
}
