/// One statement on its way to a connection: what to prepare, what to bind, what its loss would mean.
struct Request: Sendable {
  /// What is at stake when the connection dies after the statement was sent.
  enum Effect: Sendable {
    /// The session is read-only, or the statement stands in a transaction whose COMMIT was never sent.
    case none
    /// The statement commits by itself, or is a COMMIT.
    case commits
  }

  /// The type under whose identity the statement is prepared; nil sends it unprepared.
  let key: ObjectIdentifier?
  let sql: String
  let bindings: Bindings
  let effect: Effect
  var durability = Durability.durable
  /// Inside a transaction an error aborts everything: preparing again and retrying would not help.
  var insideTransaction = false

  var outcomeIfLost: DatabaseFailure.Outcome { effect == .none ? .notDone : .unknown }

  init(key: ObjectIdentifier?, sql: String, bindings: Bindings, effect: Effect) {
    self.key = key
    self.sql = sql
    self.bindings = bindings
    self.effect = effect
  }

  /// Refuses parameters that PostgreSQL cannot hold.
  init<S: Statement>(
    _ statement: S, effect: Effect, _ durability: Durability = .durable
  ) throws(DatabaseFailure) {
    let bindings = statement.bindings
    if let problem = bindings.problem { throw DatabaseFailure(.encoding, .notDone, problem) }
    self.init(key: ObjectIdentifier(S.self), sql: S.sql, bindings: bindings, effect: effect)
    self.durability = durability
  }

  /// A command of the driver's own: BEGIN, COMMIT, LISTEN.
  init(command sql: String, effect: Effect = .none) {
    self.init(key: nil, sql: sql, bindings: Bindings(), effect: effect)
  }
}

/// Runs a statement's call and prefixes any failure with the statement's name: a log without it is useless.
func naming<S: Statement, R>(
  _: S.Type, _ body: () async throws(DatabaseFailure) -> R
) async throws(DatabaseFailure) -> R {
  do throws(DatabaseFailure) {
    return try await body()
  } catch {
    throw DatabaseFailure(error.kind, error.outcome, "\(S.self): \(error.message)")
  }
}
