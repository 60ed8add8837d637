// Postgres: the driver.
//
// Owns: connections to one PostgreSQL server, how statements travel (a pipelined lane for reads by key, a pool for the
// rest), time limits, reconnection, migrations, and a private server of our own (`LocalCluster`). Must not know: our
// tables (those are Store's), messages, HTTP.

public import Logging
import Synchronization

/// The database as its users see it. Cheap to copy; connects when first used, and again whenever that is needed.
///
/// Every call is bounded in time by the configuration and may be cancelled. If a caller leaves early, its answer is
/// dropped: its statement may run on at the server, within the server's own limit, and affects no other caller.
public struct Database: Sendable {
  private let core: Core

  public init(_ configuration: DatabaseConfiguration, logger: Logger) {
    core = Core(configuration, logger: logger)
  }

  public var configuration: DatabaseConfiguration { core.configuration }

  /// All rows of a reading statement, by the pipelined lane. For look-ups by key: a slow statement holds up every
  /// caller behind it, and belongs in `search`. The session is read-only; a statement that writes is refused
  /// (SQLSTATE 25006).
  public func read<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> [S.Row] {
    try await core.lane(statement).rows(of: S.self)
  }

  /// The first row of a reading statement, if it has one, by the pipelined lane (see `read`).
  public func first<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> S.Row? {
    try await core.lane(statement).firstRow(of: S.self)
  }

  /// A statement that writes, committed when this returns: on disk, unless `durability` says that it may be lost.
  @discardableResult
  public func write<S: Statement>(
    _ statement: S, durability: Durability = .durable
  ) async throws(DatabaseFailure) -> Written<S.Row> {
    let answer = try await core.pooled(statement, durability: durability)
    return Written(rows: try answer.rows(of: S.self), count: answer.affected)
  }

  /// All rows of a reading statement that may be slow, on a pool connection.
  public func search<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> [S.Row] {
    try await core.pooled(statement, durability: .durable).rows(of: S.self)
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws. Throws what `body` threw, or
  /// a `DatabaseFailure`; its outcome is `.unknown` only when the connection or the caller went away during the commit.
  ///
  /// Inside, use only the transaction: a call on the database itself takes a second connection, and enough callers
  /// doing that wait for each other.
  @discardableResult
  public func transaction<T: Sendable>(_ body: @Sendable (Transaction) async throws -> T) async throws -> T {
    let transaction = Transaction(try await core.lease())
    let value: T
    do {
      value = try await body(transaction)
    } catch {
      transaction.abandon()
      throw error
    }
    try await transaction.commit()
    return value
  }

  /// The notifications that other sessions send to the channel with NOTIFY, received on a dedicated connection that is
  /// reopened when it is lost. Between `.disconnected` and `.connected` anything may have been missed. A reader that is
  /// more than 1024 notices behind misses the oldest, and then finds `.disconnected` and `.connected` too. Ends with
  /// `close()`.
  public func notifications(on channel: String) -> AsyncStream<DatabaseNotice> { core.listen(to: channel) }

  /// Refuses new calls, gives those under way up to two seconds to finish, and closes every connection.
  public func close() async { await core.close() }
}

/// What the copies of one `Database` share.
private final class Core: Sendable {
  let configuration: DatabaseConfiguration
  private let logger: Logger
  private let lanes: [Lane]
  private let pool: Pool
  private let nextLane = Atomic<UInt>(0)
  private let listeners = Mutex<[Listener]?>([])

  init(_ configuration: DatabaseConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    lanes = (0..<max(1, configuration.lanes)).map { _ in Lane(configuration, logger: logger) }
    pool = Pool(configuration, logger: logger)
  }

  deinit {
    for listener in listeners.withLock({ $0 }) ?? [] { listener.stop() }
  }

  func lane<S: Statement>(_ statement: S) async throws(DatabaseFailure) -> Answer {
    let turn = lanes.count == 1 ? 0 : nextLane.wrappingAdd(1, ordering: .relaxed).oldValue
    let lane = lanes[Int(turn % UInt(lanes.count))]
    return try await naming(S.self) { () async throws(DatabaseFailure) in
      let request = try Request(statement, effect: .none)
      let ticket = Ticket<Answer>(outcomeIfLost: request.outcomeIfLost)
      return try await wait(for: ticket) {
        lane.assumeIsolated { $0.submit(request, ticket) }
      } withdraw: {
        lane.assumeIsolated { $0.withdraw(ticket.id) }
      }
    }
  }

  func pooled<S: Statement>(_ statement: S, durability: Durability) async throws(DatabaseFailure) -> Answer {
    let pool = pool
    return try await naming(S.self) { () async throws(DatabaseFailure) in
      let request = try Request(statement, effect: .commits, durability)
      let ticket = Ticket<Answer>(outcomeIfLost: request.outcomeIfLost)
      return try await wait(for: ticket) {
        pool.assumeIsolated { $0.submit(request, ticket) }
      } withdraw: {
        pool.assumeIsolated { $0.withdraw(ticket.id) }
      }
    }
  }

  func lease() async throws(DatabaseFailure) -> Lease {
    let begin = Request(command: "BEGIN ISOLATION LEVEL READ COMMITTED")
    let (ticket, pool) = (Ticket<Lease>(outcomeIfLost: .notDone), pool)
    return try await wait(for: ticket) {
      pool.assumeIsolated { $0.lease(begin, ticket) }
    } withdraw: {
      pool.assumeIsolated { $0.withdraw(ticket.id) }
    }
  }

  func listen(to channel: String) -> AsyncStream<DatabaseNotice> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: DatabaseNotice.self, bufferingPolicy: .bufferingNewest(1024))
    let listener = Listener(configuration, channel: channel, logger: logger, continuation)
    let isOpen = listeners.withLock { listeners in
      listeners?.removeAll { $0.isStopped }
      listeners?.append(listener)
      return listeners != nil
    }
    continuation.onTermination = { _ in listener.stop() }
    if isOpen { listener.start() } else { continuation.finish() }
    return stream
  }

  func close() async {
    let stopped = listeners.withLock { listeners in
      defer { listeners = nil }
      return listeners ?? []
    }
    for listener in stopped { listener.stop() }
    let deadline = ContinuousClock.now + .seconds(2)
    while await !isQuiet, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    for lane in lanes { await lane.close() }
    await pool.close()
  }

  private var isQuiet: Bool {
    get async {
      for lane in lanes where await !lane.isQuiet { return false }
      return await pool.isQuiet
    }
  }
}
