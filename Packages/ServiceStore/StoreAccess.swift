public import LatchkeyProtocol
public import Logging
public import Postgres

/// The database as a service's handlers use it: a failure is logged once, with its private cause and the request's id,
/// and leaves as a `ServiceFailure` that says whether the effect may have happened.
public struct StoreAccess: Sendable {
  private let database: Database
  private let logger: Logger

  public init(_ database: Database, logger: Logger) {
    self.database = database
    self.logger = logger
  }

  /// At most one row, by key, down the pipelined lane.
  public func first<S: Statement>(_ statement: S, _ call: Call) async throws(ServiceFailure) -> S.Row? {
    trace(S.self, call)
    do { return try await database.first(statement) } catch { throw failure(error, S.self, call) }
  }

  /// Rows by key, down the pipelined lane.
  public func read<S: Statement>(_ statement: S, _ call: Call) async throws(ServiceFailure) -> [S.Row] {
    trace(S.self, call)
    do { return try await database.read(statement) } catch { throw failure(error, S.self, call) }
  }

  /// Rows of a list or search, through the pool: it may be slow.
  public func search<S: Statement>(_ statement: S, _ call: Call) async throws(ServiceFailure) -> [S.Row] {
    trace(S.self, call)
    do { return try await database.search(statement) } catch { throw failure(error, S.self, call) }
  }

  /// One durable statement.
  public func write<S: Statement>(_ statement: S, _ call: Call) async throws(ServiceFailure) -> Written<S.Row> {
    trace(S.self, call)
    do { return try await database.write(statement) } catch { throw failure(error, S.self, call) }
  }

  /// A write whose loss would hurt no one: it is committed later and its failure is only logged.
  public func note<S: Statement>(_ statement: S, _ call: Call) async {
    trace(S.self, call)
    do { _ = try await database.write(statement, durability: .asynchronous) } catch {
      logger.warning("\(S.self) was not noted: \(error)", metadata: ["request": "\(call.id)"])
    }
  }

  /// Several statements in one transaction.
  public func transaction<T: Sendable>(
    _ call: Call, _ body: @Sendable (Transaction) async throws -> T
  ) async throws(ServiceFailure) -> T {
    switch try await attempt(call, body) {
    case .success(let value): return value
    case .failure(let broken):
      let kind = DatabaseFailure.Kind.constraint(name: broken.name)
      throw failure(DatabaseFailure(kind: kind, outcome: .notDone, message: "rolled back"), Transaction.self, call)
    }
  }

  /// Several statements in one transaction, which may break a constraint, whose name is then the answer. If the body
  /// throws ``Rollback``, its value is the answer, and nothing that the body wrote stays.
  public func attempt<T: Sendable>(
    _ call: Call, _ body: @Sendable (Transaction) async throws -> T
  ) async throws(ServiceFailure) -> Result<T, BrokenConstraint> {
    do { return .success(try await database.transaction(body)) } catch let undone as Rollback<T> {
      return .success(undone.answer)
    } catch let error as DatabaseFailure {
      if case .constraint(let name) = error.kind { return .failure(BrokenConstraint(name: name)) }
      throw failure(error, Transaction.self, call)
    } catch let error as ServiceFailure {
      throw error
    } catch {
      logger.error("a transaction failed: \(error)", metadata: ["request": "\(call.id)"])
      throw ServiceFailure(.internal, mayHaveHappened: true, "Something broke here; the log has the cause.")
    }
  }

  /// Which statements a request costs: only their names, never what is bound.
  private func trace(_ statement: Any.Type, _ call: Call) {
    logger.trace("\(statement)", metadata: ["request": "\(call.id)"])
  }

  private func failure(_ error: DatabaseFailure, _ statement: Any.Type, _ call: Call) -> ServiceFailure {
    let mayHaveHappened = error.outcome == .unknown
    logger.error("\(statement): \(error)", metadata: ["request": "\(call.id)"])
    switch error.kind {
    case .unavailable:
      return ServiceFailure(.unavailable, mayHaveHappened: mayHaveHappened, "The database cannot be reached.")
    case .timedOut, .cancelled:
      return ServiceFailure(.timedOut, mayHaveHappened: mayHaveHappened, "The database took too long.")
    case .poolExhausted:
      return ServiceFailure(.overloaded, mayHaveHappened: mayHaveHappened, "The database is busy.")
    default:
      return ServiceFailure(
        .internal, mayHaveHappened: mayHaveHappened, "Something broke here; the log has the cause.")
    }
  }
}

/// Ends a transaction without effect, with an answer: something found after writing forbids it.
public struct Rollback<Answer: Sendable>: Error {
  public let answer: Answer

  public init(_ answer: Answer) { self.answer = answer }
}

/// A constraint of the schema that a write would have broken.
public struct BrokenConstraint: Error, Sendable, Equatable {
  public let name: String
}
