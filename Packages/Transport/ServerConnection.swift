import LatchkeyProtocol
import Logging
import NIOCore
import Synchronization

/// One accepted connection: admits requests, runs their handlers side by side, sends the answers.
///
/// Handlers outlive a client that goes away: they finish what they began, up to the deadline.
final class ServerConnection: Sendable {
  private struct Flight {
    let task: Task<Void, Never>
    let deadline: ContinuousClock.Instant
    let bytes: Int
  }

  private struct State {
    var peer: Peer?
    var isLeaving = false
    var isGone = false
    var flights: [UInt32: Flight] = [:]
    var flightBytes = 0
    var isSweeping = false
    var lastHeard = ContinuousClock.now
    /// When the event loop was last seen running.
    var lastPulse = ContinuousClock.now
    /// Whether the requests that waited during a standstill have been read.
    var hasLookedAgain = false
  }

  private let channel: any Channel
  private let routes: Routes
  private let limits: TransportLimits
  private let logger: Logger
  private let queue: FrameQueue
  private let registry: ServerRegistry
  private let state = Mutex(State())

  /// How exactly deadlines are kept: late by this much at most. A timer per request would cost more than the request.
  private static let sweepInterval = TimeAmount.milliseconds(20)

  /// How long after its deadline a handler is cancelled: by then the caller has its time-out, so that it cannot take
  /// the answer of a cancelled handler for the outcome.
  private static let grace = Duration.milliseconds(100)

  init(
    _ channel: any Channel, _ routes: Routes, _ limits: TransportLimits, _ registry: ServerRegistry, _ logger: Logger
  ) {
    self.channel = channel
    self.routes = routes
    self.limits = limits
    self.registry = registry
    self.logger = logger
    queue = FrameQueue(channel, limit: limits.queuedBytes)
  }

  var isEstablished: Bool { state.withLock { $0.peer != nil } }

  // MARK: Coming in (on the event loop)

  /// The peer is known: the handshake is over.
  func established(as peer: Peer) {
    let isLeaving = state.withLock { state in
      state.peer = peer
      state.lastPulse = .now
      return state.isLeaving
    }
    if isLeaving { send(Frame(.goAway, body: [UInt8]("The service is shutting down.".utf8))) }
    watchIdleness()
    beat()
  }

  func received(_ frame: ReceivedFrame) throws(FrameFault) {
    let peer = state.withLock { state in
      state.lastHeard = .now
      return state.peer
    }
    guard let peer else { throw .unexpected(frame.kind) }
    switch frame.kind {
    case .request: try begin(frame, peer)
    case .ping: send(Frame(.pong))
    case .pong: break
    case .hello, .reply, .failure, .goAway: throw .unexpected(frame.kind)
    }
  }

  private func begin(_ frame: ReceivedFrame, _ peer: Peer) throws(FrameFault) {
    let head: RequestHead
    do {
      head = try frame.body.read { (body) throws(WireError) in try RequestHead(body) }
    } catch {
      logger.warning("A malformed envelope was refused", metadata: ["peer": "\(peer)", "cause": "\(error)"])
      let failure = ServiceFailure(.malformed, mayHaveHappened: false, "The request's envelope could not be read.")
      return refuse(frame.correlation, failure)
    }
    let call = head.call(from: peer)
    let (body, size, correlation) = (frame.body, frame.body.readableBytes, frame.correlation)
    var isReused = false
    let refusal: ServiceFailure? = state.withLock { state in
      if state.flights[correlation] != nil {
        isReused = true
        return nil
      }
      // After a standstill, the requests that waited are read before the next pulse.
      if state.lastPulse.duration(to: .now) >= limits.standstill {
        state.hasLookedAgain = true
        return ServiceFailure(.unavailable, mayHaveHappened: false, "The service stood still; this was not begun.")
      }
      if state.isLeaving {
        return ServiceFailure(.unavailable, mayHaveHappened: false, "The service is shutting down.")
      }
      guard state.flights.count < limits.inFlight, state.flightBytes + size <= max(limits.queuedBytes, size) else {
        return ServiceFailure(.overloaded, mayHaveHappened: false, "Too many requests are in flight.")
      }
      // The task cannot end before it is in the table: its end takes the lock that is held here.
      let task = Task { await self.answer(correlation, head, body, call) }
      state.flights[correlation] = Flight(task: task, deadline: call.deadline, bytes: size)
      state.flightBytes += size
      return nil
    }
    if isReused { throw .unexpected(.request) }
    if let refusal { return refuse(correlation, refusal) }
    scheduleSweep()
  }

  // MARK: Answering (on the cooperative pool)

  private func answer(_ correlation: UInt32, _ head: RequestHead, _ body: ByteBuffer, _ call: Call) async {
    do throws(ServiceFailure) {
      let work = try routes.read(body, head, call)
      var answer = try await work()
      answer.address(correlation: correlation)
      put(answer.bytes)
    } catch {
      refuse(correlation, error)
    }
    let isOver = state.withLock { state in
      if let flight = state.flights.removeValue(forKey: correlation) { state.flightBytes -= flight.bytes }
      return state.isGone && state.flights.isEmpty
    }
    if isOver { registry.remove(self) }
  }

  private func refuse(_ correlation: UInt32, _ failure: ServiceFailure) {
    // A failure has three short fields: it always encodes.
    guard let body = try? MessagePack.encode(failure), Frame.fits(body.count) else {
      return channel.close(promise: nil)
    }
    send(Frame(.failure, correlation: correlation, body: body))
  }

  func send(_ frame: Frame) { put(frame.bytes) }

  private func put(_ bytes: [UInt8]) {
    switch queue.put(bytes) {
    case .queued, .closed: break
    case .full:
      logger.warning("A client that does not read its answers was cut off")
      queue.close()
      channel.close(promise: nil)
    }
  }

  // MARK: Time (on the event loop)

  private func scheduleSweep() {
    let begin = state.withLock { state in
      guard !state.isSweeping, !state.flights.isEmpty else { return false }
      state.isSweeping = true
      return true
    }
    if begin { channel.eventLoop.scheduleTask(in: Self.sweepInterval) { self.sweep() } }
  }

  /// Cancels handlers whose deadline has passed. They keep their place until they end.
  private func sweep() {
    let limit = ContinuousClock.now - Self.grace
    let late = state.withLock { state in
      state.isSweeping = false
      return state.flights.values.filter { $0.deadline <= limit }.map(\.task)
    }
    for task in late { task.cancel() }
    scheduleSweep()
  }

  /// Records periodically that the process is running. After a standstill the event loop first turns once more, unless
  /// it already has, so that the requests that waited are read first.
  private func beat(after wait: TimeAmount? = nil) {
    channel.eventLoop.scheduleTask(in: wait ?? TimeAmount(limits.pulse)) { [self] in
      let (isGone, isLate) = state.withLock { state in
        let isLate = !state.hasLookedAgain && state.lastPulse.duration(to: .now) >= limits.standstill
        state.hasLookedAgain = isLate
        if !isLate { state.lastPulse = .now }
        return (state.isGone, isLate)
      }
      if !isGone { beat(after: isLate ? .microseconds(100) : nil) }
    }
  }

  private func watchIdleness() {
    channel.eventLoop.scheduleTask(in: TimeAmount(limits.idle)) { [self] in
      let (isIdle, isGone) = state.withLock { state in
        (state.flights.isEmpty && state.lastHeard.duration(to: .now) >= limits.idle, state.isGone)
      }
      if isGone { return }
      if isIdle { channel.close(promise: nil) } else { watchIdleness() }
    }
  }

  // MARK: Leaving

  /// Takes no further requests and tells the client so. The client closes when it has its answers.
  func leave() {
    let peer = state.withLock { state in
      state.isLeaving = true
      return state.peer
    }
    if peer == nil {
      channel.close(promise: nil)
    } else {
      send(Frame(.goAway, body: [UInt8]("The service is shutting down.".utf8)))
    }
  }

  /// Ends now, whatever is in flight.
  func cut() {
    // First, so that no client takes a cancelled handler's reply for an answer.
    queue.close()
    let tasks = state.withLock { $0.flights.values.map(\.task) }
    for task in tasks { task.cancel() }
    channel.close(promise: nil)
  }

  /// The socket is closed (on the event loop).
  func gone() {
    queue.close()
    let isOver = state.withLock { state in
      state.isGone = true
      return state.flights.isEmpty
    }
    if isOver { registry.remove(self) }
  }
}
