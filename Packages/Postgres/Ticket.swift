import Synchronization

/// One caller waiting for one answer.
///
/// The first of these settles it: the answer, the failure, the deadline or the caller's cancellation. A caller that
/// gives up returns at once; its statement, if it was sent, runs on and its answer is dropped on arrival. Giving up and
/// sending exclude each other, so "never sent" is always true when it is reported.
final class Ticket<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, DatabaseFailure>

  private struct State {
    var continuation: CheckedContinuation<Outcome, Never>?
    var early: Outcome?
    var settled = false
    var sent = false
  }

  let id: UInt64
  private let outcomeIfLost: DatabaseFailure.Outcome
  private let state = Mutex(State())

  init(outcomeIfLost: DatabaseFailure.Outcome) {
    id = ticketNumber.wrappingAdd(1, ordering: .relaxed).newValue
    self.outcomeIfLost = outcomeIfLost
  }

  /// Attaches the waiting caller. False if the ticket was already settled: the caller has then been resumed.
  func attach(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
    let early: Outcome? = state.withLock { state in
      if state.early == nil { state.continuation = continuation }
      return state.early
    }
    if let early { continuation.resume(returning: early) }
    return early == nil
  }

  /// Call this right before sending. False if the caller has given up: then nothing must be sent.
  func markSent() -> Bool {
    state.withLock { state in
      guard !state.settled else { return false }
      state.sent = true
      return true
    }
  }

  /// Settles the ticket. False if it was already settled.
  @discardableResult
  func finish(_ outcome: Outcome) -> Bool {
    settle { _ in outcome }
  }

  /// The caller leaves without its answer. False if it already had one.
  @discardableResult
  func giveUp(_ kind: DatabaseFailure.Kind, _ message: String) -> Bool {
    settle { sent in .failure(DatabaseFailure(kind, sent ? self.outcomeIfLost : .notDone, message)) }
  }

  private func settle(_ outcome: (_ sent: Bool) -> Outcome) -> Bool {
    let (settled, continuation, result) = state.withLock { state in
      guard !state.settled else { return (false, CheckedContinuation<Outcome, Never>?.none, Outcome?.none) }
      state.settled = true
      let result = outcome(state.sent)
      defer { state.continuation = nil }
      if state.continuation == nil { state.early = result }
      return (true, state.continuation, result)
    }
    if let continuation, let result { continuation.resume(returning: result) }
    return settled
  }
}

/// What a connection needs to know of the callers whose statements it carries.
protocol Waiting: Sendable {
  @discardableResult
  func giveUp(_ kind: DatabaseFailure.Kind, _ message: String) -> Bool
}

extension Ticket: Waiting {}

private let ticketNumber = Atomic<UInt64>(0)

/// Waits for a ticket that `submit` puts on its way; if the caller is cancelled, it leaves and `withdraw` is called.
func wait<Value: Sendable>(
  for ticket: Ticket<Value>, submit: @escaping @Sendable () -> Void, withdraw: @escaping @Sendable () -> Void
) async throws(DatabaseFailure) -> Value {
  let outcome: Ticket<Value>.Outcome = await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      if ticket.attach(continuation) { EventThread.shared.run(submit) }
    }
  } onCancel: {
    if ticket.giveUp(.cancelled, "the caller was cancelled") { EventThread.shared.run(withdraw) }
  }
  return try outcome.get()
}
