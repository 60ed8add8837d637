import LatchkeyProtocol
import Synchronization
import Testing
import TestKit
import Transport

/// What holds for messages however they are carried: the same tests run over TCP and in process.
@Suite struct TwinTests {
  enum Carrier: CaseIterable, Sendable {
    case tcp, inProcess
  }

  /// A sender to the service, and what stops it.
  private func with(
    _ carrier: Carrier, _ service: TrialService = TrialService(), limits: TransportLimits = Fixture.limits,
    health: @escaping HealthCheck = { .ready }, _ body: (any MessageSender) async throws -> Void
  ) async throws {
    switch carrier {
    case .inProcess:
      try await body(InProcessTransport(service.routes, as: .gateway, limits: limits, health: health))
    case .tcp:
      let server = try await Fixture.server(service, limits: limits, health: health)
      let client = try Fixture.client(server, limits: limits)
      try await body(client)
      await client.close()
      service.open()
      await server.drain(within: .seconds(5))
      #expect(server.connections == 0)
    }
  }

  @Test("a message is answered; the handler sees caller, peer and id", arguments: Carrier.allCases)
  func answered(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      let answer = try await sender.send(Trial.Echo(text: "héllo"), Fixture.call(session: Secret("token")))
      #expect(answer == .init(text: "héllo", peer: .gateway, session: Secret("token"), instance: "one"))
    }
  }

  @Test("handlers run side by side", arguments: Carrier.allCases)
  func sideBySide(_ carrier: Carrier) async throws {
    let service = TrialService()
    try await with(carrier, service) { sender in
      try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<50 {
          group.addTask { try await sender.send(Trial.Wait(text: "\(index)"), Fixture.call()) }
        }
        await eventually("all fifty are held at once") { service.arrived == 50 }
        service.open()
        var answers: Set<String> = []
        for try await answer in group { answers.insert(answer) }
        #expect(answers.count == 50)
      }
    }
  }

  @Test("an unknown method is refused by name", arguments: Carrier.allCases)
  func unknownMethod(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      let failure = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Unknown(), Fixture.call())
      }
      #expect(failure?.kind == .unknownMethod)
      #expect(failure?.mayHaveHappened == false)
      #expect(failure?.explanation.contains("trial.unknown/1") == true)
    }
  }

  @Test("a method that the peer may not call is forbidden", arguments: Carrier.allCases)
  func forbidden(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      // Claiming to be somebody else in the call changes nothing: the connection says who it is.
      let call = Call(deadline: .now + .seconds(10), peer: .latchkey)
      let failure = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Private(), call)
      }
      #expect(failure?.kind == .forbidden)
      #expect(failure?.mayHaveHappened == false)
    }
  }

  @Test("a message of another form is malformed, and says where", arguments: Carrier.allCases)
  func malformed(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      let failure = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.OtherEcho(number: 1), Fixture.call())
      }
      #expect(failure?.kind == .malformed)
      #expect(failure?.mayHaveHappened == false)
      #expect(failure?.explanation.contains("text is missing") == true)
    }
  }

  @Test("a text beyond the message's bound is never sent, and the failure names it", arguments: Carrier.allCases)
  func longText(_ carrier: Carrier) async throws {
    let service = TrialService()
    try await with(carrier, service) { sender in
      let long = String(repeating: "x", count: Trial.Echo.longestText)
      let answer = try await sender.send(Trial.Echo(text: long), Fixture.call())
      #expect(answer.text == long)
      let failure = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Echo(text: long + "x"), Fixture.call())
      }
      #expect(failure?.kind == .textTooLong && failure?.mayHaveHappened == false)
      #expect(failure?.explanation == "a text is longer than 4096 bytes, at text")
    }
  }

  @Test("a handler's failure arrives as it was thrown", arguments: Carrier.allCases)
  func failureTravels(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      for kind in ServiceFailure.Kind.allCases where kind != .unavailable && kind != .overloaded {
        let thrown = ServiceFailure(kind, mayHaveHappened: true, "because of \(kind)")
        let failure = await Fixture.failure { () async throws(ServiceFailure) in
          try await sender.send(Trial.Fail(failure: thrown), Fixture.call())
        }
        #expect(failure == thrown)
      }
    }
  }

  @Test("a deadline ends the call, truthfully, and tells the handler", arguments: Carrier.allCases)
  func deadline(_ carrier: Carrier) async throws {
    let service = TrialService()
    try await with(carrier, service) { sender in
      // Connected beforehand, so that the time is the handler's.
      _ = try await sender.send(Trial.Echo(text: "first"), Fixture.call())
      let began = ContinuousClock.now
      let failure = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Wait(text: "x"), Fixture.call(.milliseconds(500)))
      }
      #expect(failure?.kind == .timedOut)
      #expect(failure?.mayHaveHappened == true)
      #expect(began.duration(to: .now) >= .milliseconds(500))
      await eventually("the handler is cancelled") { service.cancelled == 1 }
      let read = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.WaitRead(text: "x"), Fixture.call(.milliseconds(50)))
      }
      #expect(read?.kind == .timedOut)
      #expect(read?.mayHaveHappened == false)
      let late = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Count(), Fixture.call(.zero))
      }
      #expect(late?.kind == .timedOut)
      #expect(late?.mayHaveHappened == false)
      #expect(service.state.withLock { $0.count } == 0)
    }
  }

  @Test("a question or an answer larger than a frame is refused; others go on", arguments: Carrier.allCases)
  func tooLarge(_ carrier: Carrier) async throws {
    try await with(carrier) { sender in
      let big = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Size(bytes: [UInt8](repeating: 0, count: 1_048_570), answer: 0), Fixture.call())
      }
      #expect(big?.kind == .malformed)
      #expect(big?.mayHaveHappened == false)
      let answer = await Fixture.failure { () async throws(ServiceFailure) in
        try await sender.send(Trial.Size(answer: 1_048_570), Fixture.call())
      }
      #expect(answer?.kind == .internal)
      let fits = try await sender.send(
        Trial.Size(bytes: [UInt8](repeating: 0, count: 1_000_000), answer: 1_000_000), Fixture.call())
      #expect(fits.count == 1_000_000)
    }
  }

  @Test("more requests than the limit are overloaded, with nothing begun", arguments: Carrier.allCases)
  func overloaded(_ carrier: Carrier) async throws {
    let service = TrialService()
    var limits = Fixture.limits
    limits.inFlight = 4
    try await with(carrier, service, limits: limits) { sender in
      try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<4 { group.addTask { try await sender.send(Trial.Wait(text: "\(index)"), Fixture.call()) } }
        await eventually("four are held") { service.arrived == 4 }
        let failure = await Fixture.failure { () async throws(ServiceFailure) in
          try await sender.send(Trial.Wait(text: "fifth"), Fixture.call())
        }
        #expect(failure?.kind == .overloaded)
        #expect(failure?.mayHaveHappened == false)
        #expect(service.arrived == 4)
        service.open()
        try await group.waitForAll()
      }
      #expect(try await sender.send(Trial.Echo(text: "after"), Fixture.call()).text == "after")
    }
  }

  @Test("a caller that gives up gets away at once, truthfully", arguments: Carrier.allCases)
  func cancelled(_ carrier: Carrier) async throws {
    let service = TrialService()
    try await with(carrier, service) { sender in
      let task = Task {
        await Fixture.failure { () async throws(ServiceFailure) in
          try await sender.send(Trial.Wait(text: "x"), Fixture.call())
        }
      }
      await eventually("it is held") { service.arrived == 1 }
      task.cancel()
      let failure = await task.value
      #expect(failure?.kind == .unavailable)
      #expect(failure?.mayHaveHappened == true)
      let after = try await sender.send(Trial.Echo(text: "after"), Fixture.call())
      #expect(after.text == "after")
      service.open()
    }
  }

  @Test("health is answered by the service itself", arguments: Carrier.allCases)
  func health(_ carrier: Carrier) async throws {
    let reason = "The clock is 7 s off."
    try await with(carrier, health: { .notReady(reason: reason) }) { sender in
      let answer = try await sender.send(Core.Health(), Fixture.call())
      #expect(answer == .notReady(reason: reason))
    }
  }
}
