import LatchkeyProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// How a client finds, makes and loses its connections.
extension TCPClient {
  /// Where a try of a call goes.
  struct Place {
    let connection: ClientConnection
    let endpoint: String
    /// Whether there are other instances at all.
    let hasOthers: Bool
  }

  /// A connection for the next try.
  func connection(
    avoiding tried: Set<String>, until deadline: ContinuousClock.Instant
  ) async throws(ServiceFailure) -> Place {
    let patience = ContinuousClock.now + limits.patience
    while true {
      await resolveIfDue()
      let (next, changes, isClosed, hasOthers) = state.withLock { state in
        (
          state.endpoints.next(avoiding: tried, now: .now), state.changes, state.isClosed, state.endpoints.count > 1
        )
      }
      if isClosed { throw ServiceFailure(.unavailable, mayHaveHappened: false, "The client is closed.") }
      for name in next.connect { connect(name) }
      switch next.step {
      case .use(let connection, let endpoint):
        return Place(connection: connection, endpoint: endpoint, hasOthers: hasOthers)
      case .full: throw ServiceFailure(.overloaded, mayHaveHappened: false, "Too many requests are in flight.")
      // Reported at once; the try that was just begun finds out whether it still holds.
      case .refused(let reason): throw ServiceFailure(.unavailable, mayHaveHappened: false, reason)
      case .wait: break
      }
      let now = ContinuousClock.now
      if now >= deadline { throw ServiceFailure(.timedOut, mayHaveHappened: false, "No connection came in time.") }
      if now >= patience || Task.isCancelled {
        let reason = state.withLock { $0.endpoints.lastFailure } ?? "The address of \(identity.service) is not found."
        throw ServiceFailure(.unavailable, mayHaveHappened: false, reason)
      }
      // Nothing wakes us when a name gets another address: look again soon.
      let end = min(deadline, patience, now + limits.urgentResolve)
      guard await wait(until: end, changesSeen: changes) else {
        throw ServiceFailure(.overloaded, mayHaveHappened: false, "Too many calls wait for a connection.")
      }
    }
  }

  /// Waits until something changed or the time is over; false if too many wait already.
  private func wait(until end: ContinuousClock.Instant, changesSeen: Int) async -> Bool {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { done in
        let answer: Bool? = state.withLock { state in
          guard state.changes == changesSeen, !state.isClosed else { return true }
          guard state.waiters.count < limits.waiters else { return false }
          state.waiters[id] = done
          return nil
        }
        if let answer { return done.resume(returning: answer) }
        let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: end)))
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: left) { self.wake(id) }
        if Task.isCancelled { wake(id) }
      }
    } onCancel: {
      wake(id)
    }
  }

  private func wake(_ id: UInt64) {
    state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: true)
  }

  private func wakeAll() {
    let waiters = state.withLock { state in
      defer { state.waiters = [:] }
      state.changes += 1
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: true) }
  }

  // MARK: Connecting

  /// Connects to one endpoint, and keeps trying while a call waits.
  private func connect(_ name: String) {
    guard let first = state.withLock({ $0.endpoints.begin(name) }) else { return }
    Task {
      var notBefore = first.notBefore
      while true {
        // Nothing cancels this task; a sleep cut short would only mean an earlier try.
        if let notBefore { try? await Task.sleep(until: notBefore, clock: .continuous) }
        do throws(ConnectFailure) {
          let connection = try await Dialer.dial(first.address, identity, limits) { self.changed($0, $1) }
          return connected(name, connection)
        } catch {
          guard let next = failed(name, error) else { return }
          notBefore = next
        }
      }
    }
  }

  private func connected(_ name: String, _ connection: ClientConnection) {
    let isWanted = state.withLock { state in
      // It may have closed between its greeting and now; then its close handler found nothing to remove.
      !state.isClosed && state.endpoints.connected(name, connection)
    }
    if !isWanted { connection.leave("This address is no longer in use.") }
    if connection.condition == nil { changed(connection, .closing) }
    logger.debug("Connected", metadata: ["service": "\(identity.service)", "address": "\(name)"])
    wakeAll()
  }

  /// Records the failure; returns when to try again, or nil if no call waits for it.
  private func failed(_ name: String, _ failure: ConnectFailure) -> ContinuousClock.Instant? {
    logger.debug("No connection", metadata: ["service": "\(identity.service)", "reason": "\(failure.reason)"])
    let next: ContinuousClock.Instant? = state.withLock { state in
      state.endpoints.failed(name, failure, now: .now)
      guard !state.isClosed, !state.waiters.isEmpty, !failure.isRefusal else { return nil }
      return state.endpoints.begin(name)?.notBefore
    }
    // The waiters choose again: after a refusal they fail with it, otherwise they wait on.
    if failure.isRefusal { wakeAll() }
    return next
  }

  private func changed(_ connection: ClientConnection, _ change: ClientConnection.Change) {
    switch change {
    case .closing: state.withLock { $0.endpoints.closing(connection) }
    case .suspect: tell("An instance has gone silent and is passed over", connection)
    case .trusted:
      tell("An instance answers again", connection)
      wakeAll()
    }
  }

  private func tell(_ what: Logger.Message, _ connection: ClientConnection) {
    let name = state.withLock { $0.endpoints.name(of: connection) }
    logger.notice(what, metadata: ["service": "\(identity.service)", "address": "\(name ?? "one no longer listed")"])
  }

  // MARK: Names

  /// Resolves names: the first time while the caller waits, later in the background.
  private func resolveIfDue() async {
    let (isDue, isFirst) = state.withLock { state in
      let isEmpty = state.endpoints.count == 0
      let pause = state.endpoints.isAnyOpen ? limits.resolve : min(limits.resolve, limits.urgentResolve)
      let isDue = state.resolvedAt.map { $0.duration(to: .now) >= pause } ?? true
      guard isDue, !state.isResolving, !state.isClosed else { return (false, false) }
      state.isResolving = true
      state.resolvedAt = .now
      return (true, isEmpty)
    }
    guard isDue else { return }
    if isFirst {
      await resolve()
    } else {
      Task { await resolve() }
    }
  }

  private func resolve() async {
    let found = await resolver.resolve(addresses)
    let dropped = state.withLock { state in
      state.isResolving = false
      state.known.update(found)
      return state.isClosed ? [] : state.endpoints.list(state.known.all)
    }
    for connection in dropped { connection.leave("This address is no longer in use.") }
    wakeAll()
  }
}
