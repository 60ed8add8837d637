import Foundation
import Logging
import Postgres
import TestKit

/// A database of the test's own, closed when the body ends.
func withDatabase(
  _ configure: (inout DatabaseConfiguration) -> Void = { _ in }, setUp: String? = nil,
  _ body: (Database) async throws -> Void
) async throws {
  var configuration = try await ClusterForTests.freshDatabase()
  // Machines that run tests are busy: nothing here may fail because something took its time.
  configuration.waitTimeout = .seconds(60)
  configuration.readTimeout = .seconds(60)
  configuration.statementTimeout = .seconds(60)
  if let setUp { try await script(setUp, configuration) }
  configure(&configuration)
  let database = Database(configuration, logger: quiet)
  do {
    try await body(database)
  } catch {
    await database.close()
    throw error
  }
  await database.close()
}

func script(_ sql: String, _ configuration: DatabaseConfiguration) async throws {
  let session = try await Session.open(configuration)
  try await session.unsafeScript(sql)
  await session.close()
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// The failure that a call ends with; nil when it succeeds.
func failure<R>(_ body: () async throws(DatabaseFailure) -> R) async -> DatabaseFailure? {
  do throws(DatabaseFailure) {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}

/// `SELECT $1::bigint`: the smallest question there is.
struct Echo: Statement {
  static let sql = "SELECT $1::bigint"
  let number: Int
  var bindings: Bindings { Bindings(number) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

struct Sleep: Statement {
  static let sql = "SELECT pg_sleep($1)"
  let seconds: Double
  var bindings: Bindings { Bindings(seconds) }
}

/// Waits until the gate is open, at the server.
struct PassGate: Statement {
  static let sql = "SELECT pg_advisory_xact_lock_shared(1) /* gate */"
}

/// Something that statements wait for until the test lets them go: no test depends on how long anything takes.
struct Gate {
  private let session: Session

  static func closed(_ database: Database) async throws -> Gate {
    let session = try await Session.open(database.configuration)
    try await session.unsafeScript("SELECT pg_advisory_lock(1)")
    return Gate(session: session)
  }

  /// Whether that many sessions stand before it.
  func isReached(by count: Int = 1) async throws -> Bool {
    try await session.run(Running(marker: "/* gate */")).rows.count == count
  }

  func open() async { await session.close() }
}

/// Fails for zero, after a division that only the execution sees.
struct Divide: Statement {
  static let sql = "SELECT 100 / $1::bigint"
  let by: Int
  var bindings: Bindings { Bindings(by) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

/// Inserts into `note (id bigint primary key, text text not null)`.
struct AddNote: Statement {
  static let sql = "INSERT INTO note (id, text) VALUES ($1, $2) RETURNING id"
  let id: Int
  var text = "a note"
  var bindings: Bindings { Bindings(id, text) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

struct ListNotes: Statement {
  static let sql = "SELECT id FROM note ORDER BY id"
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

struct NoteText: Statement {
  static let sql = "SELECT id, text FROM note WHERE id = $1"
  let id: Int
  var bindings: Bindings { Bindings(id) }
  static func decode(_ row: inout RowReader) throws(RowError) -> String {
    row.skip()
    return try row.next()
  }
}

let noteTable = "CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL CHECK (text <> 'forbidden'))"

/// The process id of the backend that answers, and what it thinks of itself.
struct WhoAmI: Statement {
  static let sql = "SELECT pg_backend_pid()"
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

struct Setting: Statement {
  static let sql = "SELECT current_setting($1)"
  let name: String
  var bindings: Bindings { Bindings(name) }
  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

/// Ends a backend, and waits until it is gone.
struct Terminate: Statement {
  static let sql = "SELECT pg_terminate_backend($1::int, 10000)"
  let process: Int
  var bindings: Bindings { Bindings(process) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
}

/// How many sessions of this database run a statement whose text contains the marker, other than the asking one.
struct Running: Statement {
  static let sql = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%' || $1 || '%'
    """
  let marker: String
  var bindings: Bindings { Bindings(marker) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

/// Lets many callers run into a closed gate, opens it once all that are to be refused are, and tells how they fared.
func atTheGate(
  _ gate: Gate, callers: Int, refusals: Int, _ body: @escaping @Sendable () async throws(DatabaseFailure) -> Void
) async throws -> (passed: Int, refused: [DatabaseFailure]) {
  try await withThrowingTaskGroup(of: DatabaseFailure?.self) { group in
    for _ in 0..<callers { group.addTask { await failure(body) } }
    // The first to be back are the refused ones: nobody passes before the gate opens.
    var (passed, refused) = (0, [DatabaseFailure]())
    while refused.count < refusals, let result = try await group.next() {
      if let result { refused.append(result) } else { passed += 1 }
    }
    await gate.open()
    for try await result in group {
      if let result { refused.append(result) } else { passed += 1 }
    }
    return (passed, refused)
  }
}
