/// One dedicated connection without time limits, for work that is neither a read nor a short write: migrations, CREATE
/// DATABASE, roles and grants. One call at a time.
public struct Session: Sendable {
  private let connection: Connection

  /// Connects once; there is no second attempt.
  public static func open(_ configuration: DatabaseConfiguration) async throws(DatabaseFailure) -> Session {
    let opened = Ticket<Bool>(outcomeIfLost: .notDone)
    let connection = Connection(ConnectionSettings(configuration: configuration, role: .session)) { event in
      switch event {
      case .ready: opened.finish(.success(true))
      case .lost(let reason):
        // Everything else may be temporary: a server that is starting, a user that is about to be made.
        opened.giveUp(reason.contains(" 42501: ") ? .sql(state: "42501") : .unavailable, reason)
      case .notified: break
      }
    }
    _ = try await wait(for: opened) {
      connection.open()
    } withdraw: {
      connection.assumeIsolated { $0.close("the caller was cancelled") }
    }
    return Session(connection: connection)
  }

  /// All rows of a statement, and how many it changed.
  @discardableResult
  public func run<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> Written<S.Row> {
    let answer = try await naming(S.self) { () async throws(DatabaseFailure) in
      try await send(try Request(statement, effect: .commits), isScript: false)
    }
    return Written(rows: try answer.rows(of: S.self), count: answer.affected)
  }

  /// Runs a text of one or more statements. Nothing is bound, so the text must not contain outside input unquoted.
  /// Outside an explicit transaction the whole text is one.
  public func unsafeScript(_ sql: String) async throws(DatabaseFailure) {
    _ = try await send(Request(command: sql, effect: .commits), isScript: true)
  }

  /// Whether a transaction is open.
  var isInTransaction: Bool {
    get async { await connection.isInTransaction }
  }

  public func close() async { await connection.close("closed") }

  private func send(_ request: Request, isScript: Bool) async throws(DatabaseFailure) -> Answer {
    let (ticket, connection) = (Ticket<Answer>(outcomeIfLost: request.outcomeIfLost), connection)
    return try await wait(for: ticket) {
      connection.assumeIsolated { connection in
        guard ticket.markSent() else { return }
        if isScript {
          connection.sendScript(request.sql) { ticket.finish($0) }
        } else {
          connection.send(request) { ticket.finish($0) }
        }
      }
    } withdraw: {
      // The only caller is gone: the statement ends with its connection.
      connection.assumeIsolated { $0.close("the caller was cancelled") }
    }
  }
}
