import Logging

/// One pipelined connection that many callers share for reads by key, with its queue and its reconnection.
///
/// The lane never cancels a statement at the server: a cancel request names a connection, not a statement, and would
/// hit whichever statement is first at that moment. Its session is read-only, so a lost read has certainly changed
/// nothing.
actor Lane {
  private struct Waiter {
    let request: Request
    let ticket: Ticket<Answer>
    let deadline: ContinuousClock.Instant
  }

  private enum State {
    case disconnected
    case connecting(Connection)
    case ready(Connection)
    case closed
  }

  private let configuration: DatabaseConfiguration
  private let logger: Logger
  private var state = State.disconnected
  private var waiting = FIFO<Waiter>()
  private var underWay = 0
  private var backoff = Backoff()
  private var retryAt: ContinuousClock.Instant?
  private var lastComplaint = "not connected yet"
  private var ticking = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { EventThread.shared.asUnownedSerialExecutor() }

  init(_ configuration: DatabaseConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  func submit(_ request: Request, _ ticket: Ticket<Answer>) {
    if case .closed = state {
      ticket.giveUp(.unavailable, "the database was closed")
      return
    }
    guard waiting.count < configuration.laneWaiters else {
      ticket.giveUp(.poolExhausted, "\(waiting.count) callers wait for the lane already")
      return
    }
    waiting.append(Waiter(request: request, ticket: ticket, deadline: .now + configuration.waitTimeout))
    pump()
    tickWhileBusy()
  }

  /// Forgets a caller that gave up before its statement was sent.
  func withdraw(_ id: UInt64) { _ = waiting.remove { $0.ticket.id == id } }

  /// Sends what may be sent; connects when there is something to send and no connection.
  private func pump() {
    guard !waiting.isEmpty else { return }
    guard case .ready(let connection) = state else { return connectIfDue() }
    guard underWay > 0 || connection.assumeIsolated({ $0.checkIdle() }) else {
      // Its end was already in the socket's buffer. Closing it tells us of the loss, unless that has happened already.
      connection.assumeIsolated { $0.close("the idle connection was not usable any more") }
      return
    }
    while underWay < configuration.laneInFlight, let next = waiting.popFirst() {
      guard next.ticket.markSent() else { continue }
      underWay += 1
      connection.assumeIsolated { connection in
        connection.send(next.request, caller: next.ticket) { [weak self] result in
          next.ticket.finish(result)
          self?.assumeIsolated { $0.answered() }
        }
      }
    }
  }

  private func answered() {
    underWay -= 1
    pump()
  }

  private func connectIfDue() {
    guard case .disconnected = state, retryAt.map({ $0 <= .now }) ?? true else { return }
    let connection = Connection(ConnectionSettings(configuration: configuration, role: .lane)) { [weak self] event in
      self?.assumeIsolated { $0.heard(event) }
    }
    state = .connecting(connection)
    connection.open()
  }

  private func heard(_ event: Connection.Event) {
    switch (event, state) {
    case (.ready, .connecting(let connection)):
      if backoff.failures > 0 { logger.info("connected to the database again") }
      state = .ready(connection)
      backoff.reset()
      retryAt = nil
      pump()
    case (.lost(let reason), .connecting):
      state = .disconnected
      lastComplaint = reason
      let pause = backoff.next()
      retryAt = .now + pause
      logger.warning("cannot connect to the database", metadata: ["reason": "\(reason)"])
      EventThread.shared.after(pause) { [weak self] in self?.assumeIsolated { $0.pump() } }
    case (.lost(let reason), .ready):
      state = .disconnected
      lastComplaint = reason
      logger.warning("the connection to the database was lost", metadata: ["reason": "\(reason)"])
      // On the next turn: callers with statements under way must hear of their loss before the waiting ones start a new
      // connection.
      EventThread.shared.run { [weak self] in self?.assumeIsolated { $0.pump() } }
    default: break
    }
  }

  private func tickWhileBusy() {
    guard !ticking, !waiting.isEmpty || underWay > 0 else { return }
    ticking = true
    EventThread.shared.after(.milliseconds(50)) { [weak self] in
      self?.assumeIsolated { lane in
        lane.ticking = false
        lane.tick(.now)
        lane.tickWhileBusy()
      }
    }
  }

  private func tick(_ now: ContinuousClock.Instant) {
    while let first = waiting.first, first.deadline <= now {
      _ = waiting.popFirst()
      if case .ready = state {
        first.ticket.giveUp(.poolExhausted, "the lane had no room in time")
      } else {
        first.ticket.giveUp(.unavailable, "no connection to the database: \(lastComplaint)")
      }
    }
    if case .ready(let connection) = state { connection.assumeIsolated { $0.expire(now) } }
  }

  /// Refuses waiting callers; those under way fail with their connection.
  func close() {
    let before = state
    state = .closed
    for waiter in waiting.removeAll() { waiter.ticket.giveUp(.unavailable, "the database was closed") }
    switch before {
    case .connecting(let connection), .ready(let connection):
      connection.assumeIsolated { $0.close("the database was closed") }
    case .disconnected, .closed: break
    }
  }

  /// Nothing waits and nothing is under way.
  var isQuiet: Bool { waiting.isEmpty && underWay == 0 }
}
