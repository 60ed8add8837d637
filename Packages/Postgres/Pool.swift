import Logging

/// A bounded number of connections, each used by one caller at a time: writes, searches, transactions. The rules are
/// `PoolMachine`'s; this actor carries out what it says.
actor Pool {
  private let configuration: DatabaseConfiguration
  private let settings: ConnectionSettings
  private let logger: Logger
  private var machine: PoolMachine
  private var connections: [PoolMachine.ConnectionID: Connection] = [:]
  private var opening: Set<PoolMachine.ConnectionID> = []
  private var jobs: [PoolMachine.WaiterID: Job] = [:]
  private var agenda = FIFO<PoolMachine.Action>()
  private var isWorking = false
  private var backoff = Backoff()
  private var ticking: Set<Duration> = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { EventThread.shared.asUnownedSerialExecutor() }

  init(_ configuration: DatabaseConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    settings = ConnectionSettings(configuration: configuration, role: .pool)
    machine = PoolMachine(
      PoolMachine.Limits(
        connections: max(1, configuration.poolSize), waiters: configuration.poolWaiters,
        waitTimeout: configuration.waitTimeout, idleTimeout: configuration.idleTimeout))
  }

  func submit(_ request: Request, _ ticket: Ticket<Answer>) { ask(ticket.id, .statement(request, ticket)) }

  func lease(_ begin: Request, _ ticket: Ticket<Lease>) { ask(ticket.id, .lease(begin, ticket)) }

  private func ask(_ id: UInt64, _ job: Job) {
    jobs[id] = job
    handle(.asked(id))
    tickWhileBusy()
  }

  /// Forgets a caller that gave up while it waited.
  func withdraw(_ id: UInt64) {
    guard jobs.removeValue(forKey: id) != nil else { return }
    handle(.withdrew(id))
  }

  func close() { handle(.closed) }

  /// No caller waits and no connection is in use.
  var isQuiet: Bool { machine.waiterCount == 0 && machine.lentCount == 0 }

  // MARK: Carrying out

  /// Carrying out an action may raise another event: it is queued, so that the machine is never re-entered.
  private func handle(_ event: PoolMachine.Event) {
    agenda.append(contentsOf: machine.handle(event, now: .now))
    guard !isWorking else { return }
    isWorking = true
    while let action = agenda.popFirst() { carryOut(action) }
    isWorking = false
  }

  private func carryOut(_ action: PoolMachine.Action) {
    switch action {
    case .open(let id): open(id)
    case .close(let id): connections.removeValue(forKey: id)?.assumeIsolated { $0.close("closed by the pool") }
    case .refuse(let waiter, let refusal): jobs.removeValue(forKey: waiter)?.refuse(refusal)
    case .lend(let id, let waiter): lend(id, to: waiter)
    }
  }

  private func open(_ id: PoolMachine.ConnectionID) {
    let connection = Connection(settings) { [weak self] event in self?.assumeIsolated { $0.heard(event, from: id) } }
    connections[id] = connection
    opening.insert(id)
    connection.open()
  }

  private func heard(_ event: Connection.Event, from id: PoolMachine.ConnectionID) {
    switch event {
    case .ready:
      opening.remove(id)
      if backoff.failures > 0 { logger.info("the pool is connected to the database again") }
      backoff.reset()
      handle(.opened(id))
    case .lost(let reason):
      guard connections.removeValue(forKey: id) != nil else { return }
      let neverOpened = opening.remove(id) != nil
      logger.warning(
        neverOpened ? "the pool cannot connect to the database" : "the pool lost a connection to the database",
        metadata: ["reason": "\(reason)"])
      handle(.lost(id, pause: neverOpened ? backoff.next() : nil, reason: reason))
    case .notified: break
    }
  }

  private func lend(_ id: PoolMachine.ConnectionID, to waiter: PoolMachine.WaiterID) {
    // If it died since the machine chose it, the machine has been told and has found the waiter another.
    guard let connection = connections[id] else { return }
    guard connection.assumeIsolated({ $0.checkIdle() }) else {
      connection.assumeIsolated { $0.close("the idle connection was not usable any more") }
      return
    }
    guard let job = jobs.removeValue(forKey: waiter), job.markSent() else { return handle(.returned(id)) }
    handle(.sent(id))
    switch job {
    case .statement(let request, let ticket):
      connection.assumeIsolated { connection in
        connection.send(request, caller: ticket) { [weak self] result in
          ticket.finish(result)
          self?.assumeIsolated { $0.takeBack(id) }
        }
      }
    case .lease(let begin, let ticket):
      let lease = Lease(pool: self, connection: connection, id: id)
      connection.assumeIsolated { connection in
        connection.send(begin, caller: ticket) { [weak self] result in
          let hasUser = ticket.finish(result.map { _ in lease })
          // A caller that has left meanwhile must not leave its transaction open.
          if case .success = result, hasUser { return }
          self?.assumeIsolated { $0.rollBack(lease) }
        }
      }
    }
  }

  /// The statement's answer has been drained: the connection serves the next caller, unless it was left in a
  /// transaction.
  func takeBack(_ id: PoolMachine.ConnectionID) {
    guard let connection = connections[id] else { return }
    if connection.assumeIsolated({ $0.isIdle }) {
      handle(.returned(id))
    } else {
      connection.assumeIsolated { $0.close("the statement left its connection in a transaction") }
    }
  }

  /// Ends a transaction that will not be committed. Its caller does not wait for this.
  func rollBack(_ lease: Lease) {
    lease.connection.assumeIsolated { connection in
      connection.send(Request(command: "ROLLBACK")) { [weak self] _ in
        self?.assumeIsolated { $0.takeBack(lease.id) }
      }
    }
  }

  // MARK: Time

  /// Often while a caller waits or works; now and then to close idle connections.
  private func tickWhileBusy() {
    if !isQuiet { tick(every: .milliseconds(50)) }
    if machine.needsTicks { tick(every: .seconds(1)) }
  }

  private func tick(every pause: Duration) {
    guard ticking.insert(pause).inserted else { return }
    EventThread.shared.after(pause) { [weak self] in
      self?.assumeIsolated { pool in
        pool.ticking.remove(pause)
        let now = ContinuousClock.now
        for connection in Array(pool.connections.values) { connection.assumeIsolated { $0.expire(now) } }
        pool.handle(.ticked)
        pool.tickWhileBusy()
      }
    }
  }
}

/// What a caller wants a connection for.
private enum Job: Sendable {
  case statement(Request, Ticket<Answer>)
  /// A dedicated connection, with a transaction begun by the request.
  case lease(Request, Ticket<Lease>)

  func markSent() -> Bool {
    switch self {
    case .statement(_, let ticket): ticket.markSent()
    case .lease(_, let ticket): ticket.markSent()
    }
  }

  func refuse(_ refusal: PoolMachine.Refusal) {
    let (kind, message): (DatabaseFailure.Kind, String) =
      switch refusal {
      case .tooManyWaiters: (.poolExhausted, "too many callers wait for a connection already")
      case .waitedTooLong: (.poolExhausted, "no connection became free in time")
      case .noServer(let reason): (.unavailable, "no connection to the database: \(reason)")
      case .closed: (.unavailable, "the database was closed")
      }
    switch self {
    case .statement(_, let ticket): ticket.giveUp(kind, message)
    case .lease(_, let ticket): ticket.giveUp(kind, message)
    }
  }
}

/// A pool connection lent to one transaction.
struct Lease: Sendable {
  let pool: Pool
  let connection: Connection
  let id: PoolMachine.ConnectionID
}
