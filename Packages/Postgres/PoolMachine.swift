/// The pool's rules: who gets which connection, when one is opened or closed, who is refused. An event goes in, actions
/// come out; time is passed in; nothing here has side effects.
package struct PoolMachine {
  package typealias Instant = ContinuousClock.Instant
  package typealias ConnectionID = Int
  package typealias WaiterID = UInt64

  package struct Limits {
    package var connections: Int
    package var waiters: Int
    package var waitTimeout: Duration
    package var idleTimeout: Duration

    package init(connections: Int, waiters: Int, waitTimeout: Duration, idleTimeout: Duration) {
      self.connections = connections
      self.waiters = waiters
      self.waitTimeout = waitTimeout
      self.idleTimeout = idleTimeout
    }
  }

  package enum Event {
    case asked(WaiterID)
    /// A waiter gave up by itself.
    case withdrew(WaiterID)
    case opened(ConnectionID)
    /// The connection came back, fit for the next caller.
    case returned(ConnectionID)
    /// The borrower's statement was sent: from here on it shares the connection's fate.
    case sent(ConnectionID)
    /// The connection could not be opened (then the pool pauses) or died.
    case lost(ConnectionID, pause: Duration?, reason: String)
    case ticked
    case closed
  }

  package enum Refusal: Equatable {
    case tooManyWaiters
    case waitedTooLong
    case noServer(String)
    case closed
  }

  package enum Action: Equatable {
    case open(ConnectionID)
    case lend(ConnectionID, to: WaiterID)
    case refuse(WaiterID, Refusal)
    case close(ConnectionID)
  }

  private enum Use: Equatable {
    case opening
    case idle(since: Instant)
    /// Until something was sent, the borrower is known: if the connection dies, it gets another.
    case lent(to: Waiter?)
  }

  private struct Waiter: Equatable {
    let id: WaiterID
    let deadline: Instant
  }

  private let limits: Limits
  private var connections: [ConnectionID: Use] = [:]
  /// Idle connections, most recently used last: that one is used first, so that the others age and are closed.
  private var idle: [ConnectionID] = []
  private var waiting = FIFO<Waiter>()
  private var nextConnection = 1
  private var openAfter: Instant?
  private var lastReason: String?
  private var isClosed = false

  package init(_ limits: Limits) { self.limits = limits }

  package var waiterCount: Int { waiting.count }
  package var connectionCount: Int { connections.count }
  package var lentCount: Int { connections.values.count { if case .lent = $0 { true } else { false } } }
  /// Whether time matters: a caller waits, or a connection grows old.
  package var needsTicks: Bool { !waiting.isEmpty || !connections.isEmpty }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    switch event {
    case .asked(let waiter): return asked(waiter, now)
    case .withdrew(let waiter):
      _ = waiting.remove { $0.id == waiter }
      return []
    case .opened(let id):
      guard connections[id] == .opening else { return [] }
      lastReason = nil
      openAfter = nil
      return available(id, now)
    case .returned(let id):
      guard case .lent = connections[id] else { return [] }
      return available(id, now)
    case .sent(let id):
      if case .lent = connections[id] { connections[id] = .lent(to: nil) }
      return []
    case .lost(let id, let pause, let reason):
      guard let use = connections.removeValue(forKey: id) else { return [] }
      idle.removeAll { $0 == id }
      lastReason = reason
      if let pause { openAfter = now + pause }
      if case .lent(let borrower?) = use {
        // It keeps its place and its deadline.
        if let other = idle.popLast() { return lend(other, to: borrower) }
        waiting.prepend(borrower)
      }
      return openForWaiters(now)
    case .ticked: return ticked(now)
    case .closed:
      isClosed = true
      let refusals = waiting.removeAll().map { Action.refuse($0.id, .closed) }
      let closings = connections.keys.sorted().map { Action.close($0) }
      connections = [:]
      idle = []
      return refusals + closings
    }
  }

  private mutating func asked(_ id: WaiterID, _ now: Instant) -> [Action] {
    if isClosed { return [.refuse(id, .closed)] }
    // Callers that already wait come first, even when a connection happens to be idle.
    let waiter = Waiter(id: id, deadline: now + limits.waitTimeout)
    if waiting.isEmpty, let connection = idle.popLast() { return lend(connection, to: waiter) }
    guard waiting.count < limits.waiters else { return [.refuse(id, .tooManyWaiters)] }
    waiting.append(waiter)
    return openForWaiters(now)
  }

  private mutating func lend(_ id: ConnectionID, to waiter: Waiter) -> [Action] {
    connections[id] = .lent(to: waiter)
    return [.lend(id, to: waiter.id)]
  }

  private mutating func available(_ id: ConnectionID, _ now: Instant) -> [Action] {
    guard let waiter = waiting.popFirst() else {
      connections[id] = .idle(since: now)
      idle.append(id)
      return []
    }
    return lend(id, to: waiter)
  }

  /// As many connections are being opened as callers wait, within the limit; none during the pause after a failure.
  private mutating func openForWaiters(_ now: Instant) -> [Action] {
    if isClosed { return [] }
    if let openAfter, now < openAfter { return [] }
    // After a failure, one attempt at a time finds out whether the server is back.
    let allowed = openAfter == nil ? limits.connections : 1
    var opening = connections.values.count { $0 == .opening }
    var actions: [Action] = []
    while opening < min(waiting.count, allowed), connections.count < limits.connections {
      connections[nextConnection] = .opening
      actions.append(.open(nextConnection))
      nextConnection += 1
      opening += 1
    }
    return actions
  }

  private mutating func ticked(_ now: Instant) -> [Action] {
    var actions: [Action] = []
    while let first = waiting.first, first.deadline <= now {
      _ = waiting.popFirst()
      let hasConnection = connections.values.contains { $0 != .opening }
      actions.append(.refuse(first.id, hasConnection ? .waitedTooLong : .noServer(lastReason ?? "still connecting")))
    }
    for id in idle {
      guard case .idle(let since) = connections[id], since + limits.idleTimeout <= now else { continue }
      connections[id] = nil
      actions.append(.close(id))
    }
    idle.removeAll { connections[$0] == nil }
    return actions + openForWaiters(now)
  }
}
