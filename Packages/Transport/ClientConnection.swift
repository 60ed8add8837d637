package import LatchkeyProtocol
package import NIOCore
import Synchronization

/// How one try of a call on one connection ended.
package enum CallOutcome: Sendable {
  /// The response's bytes.
  case reply(ByteBuffer)
  /// The service's own failure.
  case failed(ServiceFailure)
  /// Nothing was sent, because the connection ended or is leaving.
  case notSent(String)
  /// Nothing was sent, because of our own limits.
  case full
  /// It was sent; the connection ended before the answer came.
  case lost(String)
  case timedOut(wasSent: Bool)
  /// The caller's task was cancelled.
  case abandoned(wasSent: Bool)
}

/// One connection to a service: the table of calls that wait for their answers.
///
/// A call enters from any thread, under a lock; everything that ends it takes it out of the table under the same lock,
/// so that exactly one of answer, time-out, cancellation and loss resumes it.
final class ClientConnection: Sendable {
  private struct Pending {
    let continuation: CheckedContinuation<CallOutcome, Never>
    let begun: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
    var wasSentHere = false
    /// Nil for a call that may be sent only once, or has no other instance to go to.
    var hedge: Hedge?
    /// Asks another instance.
    var elsewhere: Task<Void, Never>?
    var wasSentElsewhere = false

    var wasSent: Bool { wasSentHere || wasSentElsewhere }
  }

  enum Change {
    /// No new call may enter any more.
    case closing
    case suspect
    /// It answers again.
    case trusted
  }

  private struct State {
    var pending: [UInt32: Pending] = [:]
    /// Why no new call may enter; nil while they may.
    var closing: String?
    var isGone = false
    var isSweeping = false
    var trust: Trust
    var hasAsked = false
  }

  private let channel: any Channel
  private let limits: TransportLimits
  private let queue: FrameQueue
  private let table: CallTable
  private let onChange: @Sendable (ClientConnection, Change) -> Void
  private let correlations = Atomic<UInt32>(0)

  /// The table apart, so that the queue can ask it without knowing the connection.
  private final class CallTable: Sendable {
    let state: Mutex<State>

    init(_ trust: Trust) { state = Mutex(State(trust: trust)) }

    func markSent(_ correlation: UInt32) -> Bool {
      // Correlation 0 is not a call: greetings and pings.
      guard correlation != 0 else { return true }
      return state.withLock { state in
        guard state.pending[correlation] != nil else { return false }
        state.pending[correlation]?.wasSentHere = true
        return true
      }
    }
  }

  /// How exactly deadlines are kept: late by this much at most. A timer per call would cost more than the call.
  private static let sweepInterval = TimeAmount.milliseconds(10)

  /// - Parameter onChange: called from any thread, `closing` once.
  init(
    _ channel: any Channel, _ limits: TransportLimits, onChange: @escaping @Sendable (ClientConnection, Change) -> Void
  ) {
    let table = CallTable(Trust(doubt: limits.doubt, now: .now))
    self.channel = channel
    self.limits = limits
    self.table = table
    self.onChange = onChange
    queue = FrameQueue(channel, limit: limits.queuedBytes) { table.markSent($0) }
  }

  var condition: EndpointCondition? {
    table.state.withLock { state in
      guard state.closing == nil else { return nil }
      return EndpointCondition(load: state.pending.count, isSuspect: state.trust.isSuspect)
    }
  }

  // MARK: Calling

  func call(
    _ request: consuming RequestFrame, deadline: ContinuousClock.Instant, hedge: Hedge? = nil
  ) async -> CallOutcome {
    var correlation: UInt32 = 0
    while correlation == 0 { correlation = correlations.wrappingAdd(1, ordering: .relaxed).newValue }
    let own = correlation
    request.address(correlation: own, remaining: ContinuousClock.now.duration(to: deadline))
    let bytes = request.bytes
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enter(Pending(continuation: continuation, begun: .now, deadline: deadline, hedge: hedge), own, bytes)
        // Cancelled before it was in the table: the handler below found nothing to end.
        if Task.isCancelled { abandon(own) }
      }
    } onCancel: {
      abandon(own)
    }
  }

  private func enter(_ call: Pending, _ correlation: UInt32, _ bytes: [UInt8]) {
    let refusal: CallOutcome? = table.state.withLock { state in
      if let reason = state.closing { return .notSent(reason) }
      guard state.pending.count < limits.inFlight, state.pending[correlation] == nil else { return .full }
      state.pending[correlation] = call
      return nil
    }
    if let refusal { return call.continuation.resume(returning: refusal) }
    switch queue.put(bytes, correlation: correlation) {
    case .queued: scheduleSweep()
    case .full: end(correlation) { _ in .full }
    case .closed: end(correlation) { _ in .notSent("The connection is closed.") }
    }
  }

  private func abandon(_ correlation: UInt32) { end(correlation) { .abandoned(wasSent: $0) } }

  /// Takes a call out of the table, if it is still there, and resumes it.
  private func end(_ correlation: UInt32, _ outcome: (_ wasSent: Bool) -> CallOutcome) {
    let (call, isDrained) = table.state.withLock { state in
      let call = state.pending.removeValue(forKey: correlation)
      return (call, state.closing != nil && state.pending.isEmpty)
    }
    if let call {
      call.elsewhere?.cancel()
      call.continuation.resume(returning: outcome(call.wasSent))
    }
    if isDrained { channel.close(promise: nil) }
  }

  // MARK: Coming in (on the event loop)

  /// Bytes arrived, even if only part of a long answer.
  func heard() {
    let isTrustedAgain = table.state.withLock { state in
      state.hasAsked = false
      return state.trust.heard(now: .now)
    }
    if isTrustedAgain { onChange(self, .trusted) }
  }

  func received(_ frame: ReceivedFrame) throws(FrameFault) {
    switch frame.kind {
    case .reply: end(frame.correlation) { _ in .reply(frame.body) }
    case .failure:
      let failure = try? frame.body.decode(ServiceFailure.self)
      end(frame.correlation) { _ in
        .failed(
          failure ?? ServiceFailure(.malformed, mayHaveHappened: true, "The service's failure could not be read."))
      }
    case .goAway: leave(String(buffer: frame.body))
    case .ping: send(Frame(.pong))
    case .pong: break
    case .hello, .request: throw .unexpected(frame.kind)
    }
  }

  func send(_ frame: Frame) { _ = queue.put(frame.bytes) }

  /// Lets no new call in; closes when the last answer is there.
  func leave(_ reason: String) {
    let (isFirst, isDrained) = table.state.withLock { state in
      let isFirst = state.closing == nil
      state.closing = state.closing ?? reason
      return (isFirst, state.pending.isEmpty)
    }
    if isFirst { onChange(self, .closing) }
    if isDrained { channel.close(promise: nil) }
  }

  /// The connection is broken or closed: ends every call truthfully.
  func gone(_ reason: String) {
    queue.close()
    let (isFirst, calls) = table.state.withLock { state in
      let isFirst = state.closing == nil
      state.closing = state.closing ?? reason
      state.isGone = true
      let calls = state.pending
      state.pending = [:]
      return (isFirst, calls)
    }
    if isFirst { onChange(self, .closing) }
    for call in calls.values {
      call.elsewhere?.cancel()
      call.continuation.resume(returning: call.wasSent ? .lost(reason) : .notSent(reason))
    }
    channel.close(promise: nil)
  }

  // MARK: Time

  private func scheduleSweep() {
    let begin = table.state.withLock { state in
      guard !state.isSweeping, !state.pending.isEmpty else { return false }
      state.isSweeping = true
      return true
    }
    if begin { channel.eventLoop.scheduleTask(in: Self.sweepInterval) { self.sweep() } }
  }

  private func sweep() {
    let now = ContinuousClock.now
    let (late, step, due) = table.state.withLock { state in
      state.isSweeping = false
      let late = state.pending.filter { $0.value.deadline <= now }.map(\.key)
      let step = state.trust.check(oldestCall: state.pending.values.lazy.map(\.begun).min(), now: now)
      return (late, step, Self.takeDue(&state.pending, isSuspect: step == .suspect, now: now))
    }
    for correlation in late { end(correlation) { .timedOut(wasSent: $0) } }
    switch step {
    case .nothing: break
    case .ask: send(Frame(.ping))
    case .suspect: onChange(self, .suspect)
    }
    for (correlation, hedge) in due { beginHedge(correlation, hedge) }
    scheduleSweep()
  }

  /// The calls that must be hedged to a second instance now.
  private static func takeDue(
    _ pending: inout [UInt32: Pending], isSuspect: Bool, now: ContinuousClock.Instant
  ) -> [(UInt32, Hedge)] {
    var due: [(UInt32, Hedge)] = []
    for (correlation, call) in pending where call.elsewhere == nil && call.deadline > now {
      guard let hedge = call.hedge, isSuspect || hedge.due <= now else { continue }
      pending[correlation]?.hedge?.due = now + Hedge.pause
      due.append((correlation, hedge))
    }
    return due
  }

  /// Whichever instance answers first, the call has its answer; what the other one says is dropped.
  private func beginHedge(_ correlation: UInt32, _ hedge: Hedge) {
    let task = hedge.begin { [weak self] outcome in self?.answered(correlation, elsewhere: outcome) }
    guard let task else { return }
    let isWaiting = table.state.withLock { state in
      state.pending[correlation]?.elsewhere = task
      state.pending[correlation]?.wasSentElsewhere = true
      return state.pending[correlation] != nil
    }
    if !isWaiting { task.cancel() }
  }

  /// Unless it is an answer, this instance and others keep their chance.
  private func answered(_ correlation: UInt32, elsewhere outcome: CallOutcome) {
    if case .reply = outcome { return end(correlation) { _ in outcome } }
    table.state.withLock { $0.pending[correlation]?.elsewhere = nil }
  }

  /// Pings a silent service, and gives it up if it stays silent.
  func keepAlive() {
    channel.eventLoop.scheduleTask(in: TimeAmount(limits.keepAlive)) { [weak self] in
      guard let self else { return }
      enum Step { case stop, wait, ask, giveUp }
      let step: Step = table.state.withLock { state in
        if state.isGone { return .stop }
        guard state.trust.lastHeard.duration(to: .now) >= limits.keepAlive else { return .wait }
        if state.hasAsked { return .giveUp }
        state.hasAsked = true
        return .ask
      }
      switch step {
      case .stop: return
      case .giveUp: return gone("The service went silent.")
      case .ask: send(Frame(.ping))
      case .wait: break
      }
      keepAlive()
    }
  }
}
