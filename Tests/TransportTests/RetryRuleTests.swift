import LatchkeyProtocol
import Testing
import Transport

/// The rules of trying again, without a network.
@Suite struct RetryRuleTests {
  private func failure(_ next: RetryRule.Next) -> ServiceFailure? {
    if case .fail(let failure) = next { failure } else { nil }
  }

  private func isAgain(_ next: RetryRule.Next) -> Bool { if case .tryAgain = next { true } else { false } }

  @Test("what was not sent is tried again, whatever it is", arguments: Replay.allCases)
  func notSent(_ replay: Replay) {
    var attempts = RetryRule(replay: replay, limit: 3)
    #expect(isAgain(attempts.next(after: .notSent("gone"), at: "a")))
    #expect(isAgain(attempts.next(after: .notSent("gone"), at: "b")))
    #expect(attempts.tried == ["a", "b"])
    let last = failure(attempts.next(after: .notSent("gone"), at: "c"))
    #expect(last == ServiceFailure(.unavailable, mayHaveHappened: false, "gone"))
  }

  @Test("what was lost is tried again if it is a read or replayable, and never otherwise")
  func lost() {
    for replay in Replay.allCases {
      var attempts = RetryRule(replay: replay, limit: 5)
      let next = attempts.next(after: .lost("broke"), at: "a")
      #expect(isAgain(next) == (replay != .once))
      #expect(failure(next)?.mayHaveHappened == (replay == .once ? true : nil))
    }
  }

  @Test("a failure after a lost try tells that it may have happened, except for a read")
  func truthful() {
    for (replay, happened) in [(Replay.read, false), (.replayable, true)] {
      var attempts = RetryRule(replay: replay, limit: 5)
      _ = attempts.next(after: .lost("broke"), at: "a")
      #expect(failure(attempts.next(after: .timedOut(wasSent: false), at: "b"))?.mayHaveHappened == happened)
      let none = ServiceFailure(.unavailable, mayHaveHappened: false, "nobody")
      #expect(attempts.truthful(none).mayHaveHappened == happened)
    }
  }

  @Test("an instance that is leaving or full is tried once more, then the failure stands")
  func leaving() {
    for kind in [ServiceFailure.Kind.unavailable, .overloaded] {
      var attempts = RetryRule(replay: .once, limit: 5)
      let refusal = ServiceFailure(kind, mayHaveHappened: false, "not now")
      #expect(isAgain(attempts.next(after: .failed(refusal), at: "a")))
      #expect(failure(attempts.next(after: .failed(refusal), at: "a")) == refusal)
    }
  }

  @Test("a service's failure after it began is final for what may be done once only")
  func final() {
    for kind in ServiceFailure.Kind.allCases {
      var attempts = RetryRule(replay: .once, limit: 5)
      let broken = ServiceFailure(kind, mayHaveHappened: true, "broke")
      #expect(failure(attempts.next(after: .failed(broken), at: "a")) == broken)
    }
  }

  @Test("an instance that lost its database after it began is left for another by what may be sent again, once")
  func lostDatabase() {
    for kind in ServiceFailure.Kind.allCases {
      var attempts = RetryRule(replay: .replayable, limit: 5)
      let broken = ServiceFailure(kind, mayHaveHappened: true, "broke")
      #expect(isAgain(attempts.next(after: .failed(broken), at: "a")) == [.unavailable, .overloaded].contains(kind))
      let last = failure(attempts.next(after: .failed(ServiceFailure(kind, mayHaveHappened: false, "broke")), at: "a"))
      #expect(last == broken)
    }
  }

  @Test("a caller that gave up or ran out of time is told whether it was sent")
  func ended() {
    var attempts = RetryRule(replay: .once, limit: 5)
    #expect(failure(attempts.next(after: .timedOut(wasSent: true), at: "a"))?.mayHaveHappened == true)
    #expect(failure(attempts.next(after: .timedOut(wasSent: false), at: "a"))?.mayHaveHappened == false)
    #expect(failure(attempts.next(after: .abandoned(wasSent: true), at: "a"))?.mayHaveHappened == true)
    #expect(failure(attempts.next(after: .full, at: "b"))?.kind == nil)
    #expect(failure(attempts.next(after: .full, at: "b"))?.kind == .overloaded)
  }
}
