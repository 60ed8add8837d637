package import LatchkeyProtocol
package import NIOCore

/// Decides what follows one try of a call: the answer, a truthful failure, or another try.
///
/// Retries only what certainly was not begun, and what may be done twice: reads, and messages whose receiver repeats
/// the outcome for the same request id.
package struct RetryRule {
  package enum Next {
    case answer(ByteBuffer)
    case fail(ServiceFailure)
    case tryAgain
  }

  private let replay: Replay
  private let limit: Int
  private var count = 0
  /// Whether an earlier try may have had its effect.
  private var mayHaveHappened = false
  /// Endpoints that were tried already.
  package private(set) var tried: Set<String> = []

  package init(replay: Replay, limit: Int) {
    self.replay = replay
    self.limit = limit
  }

  package mutating func next(after outcome: CallOutcome, at endpoint: String) -> Next {
    count += 1
    let isFirstThere = tried.insert(endpoint).inserted
    switch outcome {
    case .reply(let bytes): return .answer(bytes)
    case .failed(let failure):
      // An instance that is leaving or full has begun nothing; another instance, or its successor, may take the call.
      // One that lost its database may have begun, and another may still have its database.
      let isTransient = failure.kind == .unavailable || failure.kind == .overloaded
      let isSafe = !failure.mayHaveHappened || replay.maySendAgain
      mayHaveHappened = mayHaveHappened || failure.mayHaveHappened
      return again(failure, if: isTransient && isFirstThere && isSafe)
    case .notSent(let reason): return again(ServiceFailure(.unavailable, mayHaveHappened: false, reason), if: true)
    case .full:
      return again(
        ServiceFailure(.overloaded, mayHaveHappened: false, "Too many requests are in flight."), if: isFirstThere)
    case .lost(let reason):
      mayHaveHappened = mayHaveHappened || replay != .read
      return again(ServiceFailure(.unavailable, mayHaveHappened: true, reason), if: replay.maySendAgain)
    case .timedOut(let wasSent):
      return .fail(truthful(ServiceFailure(.timedOut, mayHaveHappened: wasSent, "No answer came in time.")))
    case .abandoned(let wasSent):
      return .fail(truthful(ServiceFailure(.unavailable, mayHaveHappened: wasSent, "The caller gave up.")))
    }
  }

  private func again(_ failure: ServiceFailure, if isAllowed: Bool) -> Next {
    isAllowed && count < limit ? .tryAgain : .fail(truthful(failure))
  }

  /// The failure with what earlier tries may have done. A read never did anything.
  package func truthful(_ failure: ServiceFailure) -> ServiceFailure {
    let happened = replay != .read && (failure.mayHaveHappened || mayHaveHappened)
    return ServiceFailure(failure.kind, mayHaveHappened: happened, failure.explanation)
  }
}
