import Synchronization

/// Several statements that take effect together or not at all, on a connection of their own. Each of them sees what
/// other sessions have committed by then (READ COMMITTED), whatever the database's default is.
///
/// After the first failure the transaction is over, as PostgreSQL has it: every further statement is refused with that
/// failure, and so is the commit, even if the body caught the error. Statements may run side by side (`async let`);
/// they are pipelined.
public final class Transaction: Sendable {
  private enum State {
    case open
    case spoiled(DatabaseFailure)
    case over
  }

  private let lease: Lease
  private let state = Mutex(State.open)

  init(_ lease: Lease) {
    self.lease = lease
  }

  /// All rows of a statement.
  public func read<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> [S.Row] {
    try decoding(try await run(statement)) { answer throws(DatabaseFailure) in try answer.rows(of: S.self) }
  }

  /// The first row of a statement, if it has one.
  public func first<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> S.Row? {
    try decoding(try await run(statement)) { answer throws(DatabaseFailure) in try answer.firstRow(of: S.self) }
  }

  /// A writing statement. None of it is durable before the transaction's end.
  @discardableResult
  public func write<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> Written<S.Row> {
    try decoding(try await run(statement)) { answer throws(DatabaseFailure) in
      Written(rows: try answer.rows(of: S.self), count: answer.affected)
    }
  }

  private func run<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> Answer {
    try checkOpen()
    do throws(DatabaseFailure) {
      return try await naming(S.self) { () async throws(DatabaseFailure) in
        var request = try Request(statement, effect: .none)
        request.insideTransaction = true
        return try await send(request)
      }
    } catch {
      spoil(error)
      throw error
    }
  }

  private func decoding<R>(
    _ answer: Answer, _ body: (Answer) throws(DatabaseFailure) -> R
  ) throws(DatabaseFailure) -> R {
    do throws(DatabaseFailure) {
      return try body(answer)
    } catch {
      // The statement ran, but it will be rolled back.
      let failure = DatabaseFailure(error.kind, .notDone, error.message)
      spoil(failure)
      throw failure
    }
  }

  private func send(_ request: Request, release: Bool = false) async throws(DatabaseFailure) -> Answer {
    let ticket = Ticket<Answer>(outcomeIfLost: request.outcomeIfLost)
    let lease = lease
    return try await wait(for: ticket) {
      lease.connection.assumeIsolated { connection in
        guard ticket.markSent() else {
          // Nothing was sent; a commit that was never sent must still give its connection back.
          if release { lease.pool.assumeIsolated { $0.rollBack(lease) } }
          return
        }
        connection.send(request, caller: ticket) { result in
          ticket.finish(result)
          if release { lease.pool.assumeIsolated { $0.takeBack(lease.id) } }
        }
      }
    } withdraw: {
    }
  }

  private func checkOpen() throws(DatabaseFailure) {
    switch state.withLock({ $0 }) {
    case .open: break
    case .spoiled(let failure): throw failure
    case .over: throw DatabaseFailure(.sql(state: "25P01"), .notDone, "the transaction is over")
    }
  }

  private func spoil(_ failure: DatabaseFailure) {
    state.withLock { state in
      if case .open = state { state = .spoiled(failure) }
    }
  }

  /// Ends the transaction for the body, and returns the failure that spoiled it, if any.
  private func end() -> DatabaseFailure? {
    state.withLock { state in
      defer { state = .over }
      if case .spoiled(let failure) = state { return failure }
      return nil
    }
  }

  /// Commits. If the connection dies on the way, the outcome is `.unknown`.
  func commit() async throws(DatabaseFailure) {
    if let failure = end() {
      rollBack()
      throw failure
    }
    if Task.isCancelled {
      rollBack()
      throw DatabaseFailure(.cancelled, .notDone, "the caller was cancelled before the commit")
    }
    let answer = try await send(Request(command: "COMMIT", effect: .commits), release: true)
    guard answer.commandTag == "COMMIT" else {
      throw DatabaseFailure(.sql(state: "25P02"), .notDone, "the server rolled the transaction back")
    }
  }

  /// Ends the transaction without effect; the connection returns to the pool when the server has confirmed.
  func abandon() {
    _ = end()
    rollBack()
  }

  private func rollBack() {
    let lease = lease
    EventThread.shared.run { lease.pool.assumeIsolated { $0.rollBack(lease) } }
  }
}
