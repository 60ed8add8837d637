import Foundation
import Postgres
import TestKit
import Testing

@Suite("the pool") struct PoolTests {
  @Test("a write answers its rows and its count")
  func written() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      let written = try await database.write(AddNote(id: 7))
      #expect(written.rows == [7])
      #expect(written.count == 1)
    }
  }

  @Test("constraints are reported by name, with nothing of the row")
  func constraints() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      try await database.write(AddNote(id: 1))
      let taken = await failure { () async throws(DatabaseFailure) in try await database.write(AddNote(id: 1)) }
      #expect(taken?.kind == .constraint(name: "note_pkey"))
      #expect(taken?.outcome == .notDone)
      let checked = await failure { () async throws(DatabaseFailure) in
        try await database.write(AddNote(id: 2, text: "forbidden"))
      }
      #expect(checked?.kind == .constraint(name: "note_text_check"))
      #expect(checked?.message.contains("forbidden") == false)
      struct NoText: Statement { static let sql = "INSERT INTO note (id) VALUES (3)" }
      let missing = await failure { () async throws(DatabaseFailure) in try await database.write(NoText()) }
      #expect(missing?.kind == .constraint(name: "text"))
    }
  }

  @Test("no more connections are opened than allowed, and everybody is served")
  func bounded() async throws {
    try await withDatabase({ $0.poolSize = 3 }) { (database: Database) async throws in
      let processes = try await withThrowingTaskGroup(of: Int?.self) { group in
        for _ in 0..<60 { group.addTask { try await database.search(WhoAmI()).first } }
        return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
      }
      #expect((1...3).contains(processes.count))
    }
  }

  @Test("an exhausted pool refuses after the waiting time, and recovers")
  func exhausted() async throws {
    try await withDatabase({
      $0.poolSize = 1
      $0.waitTimeout = .seconds(1)
    }) { (database: Database) async throws in
      await eventually { (try? await database.search(WhoAmI())) != nil }
      let gate = try await Gate.closed(database)
      async let slow: Void = { _ = try await database.search(PassGate()) }()
      try await eventually { try await gate.isReached() }
      let start = ContinuousClock.now
      let refusal = await failure { () async throws(DatabaseFailure) in try await database.search(WhoAmI()) }
      #expect(refusal?.kind == .poolExhausted)
      #expect(refusal?.outcome == .notDone)
      #expect(ContinuousClock.now - start >= .seconds(1))
      await gate.open()
      try await slow
      #expect(try await database.search(WhoAmI()).count == 1)
    }
  }

  @Test("too many callers in the queue are refused at once")
  func queueBound() async throws {
    try await withDatabase({
      $0.poolSize = 1
      $0.poolWaiters = 2
    }) { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      // Whoever comes first opens the one connection; two may wait behind.
      async let first: Void = { _ = try await database.search(PassGate()) }()
      try await eventually { try await gate.isReached() }
      let (passed, refused) = try await atTheGate(gate, callers: 8, refusals: 6) { () async throws(DatabaseFailure) in
        _ = try await database.search(PassGate())
      }
      #expect(passed == 2)
      #expect(refused.count == 6)
      #expect(refused.allSatisfy { $0.kind == .poolExhausted && $0.outcome == .notDone })
      try await first
    }
  }

  @Test("an asynchronous write does not wait for the disk, and only this one does not")
  func durability() async throws {
    struct Commit: Statement {
      static let sql = "INSERT INTO note (id, text) VALUES ($1, current_setting('synchronous_commit')) RETURNING text"
      let id: Int
      var bindings: Bindings { Bindings(id) }
      static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
    }
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      #expect(try await database.write(Commit(id: 1)).rows == ["on"])
      #expect(try await database.write(Commit(id: 2), durability: .asynchronous).rows == ["off"])
      #expect(try await database.write(Commit(id: 3)).rows == ["on"])
      let taken = await failure { () async throws(DatabaseFailure) in
        try await database.write(Commit(id: 3), durability: .asynchronous)
      }
      #expect(taken?.kind == .constraint(name: "note_pkey"))
      #expect(try await database.write(Commit(id: 4)).rows == ["on"])
    }
  }

  @Test("a connection that a statement left in a transaction is not handed on")
  func leftInTransaction() async throws {
    struct Begin: Statement { static let sql = "BEGIN" }
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      try await database.write(Begin())
      try await database.write(AddNote(id: 1))
      #expect(try await database.read(ListNotes()) == [1])
    }
  }

  @Test("idle connections are closed after a while")
  func idle() async throws {
    try await withDatabase({ $0.idleTimeout = .milliseconds(100) }) { (database: Database) async throws in
      let first = try await database.search(WhoAmI())
      try await eventually { try await database.read(Alive(process: first.first ?? 0)).isEmpty }
      #expect(try await database.search(WhoAmI()) != first)
    }
  }

  @Test("a closed database refuses further calls")
  func closed() async throws {
    let database = Database(try await ClusterForTests.freshDatabase(), logger: quiet)
    _ = try await database.first(Echo(number: 1))
    await database.close()
    for refusal in [
      await failure({ () async throws(DatabaseFailure) in try await database.first(Echo(number: 1)) }),
      await failure({ () async throws(DatabaseFailure) in try await database.search(WhoAmI()) }),
    ] {
      #expect(refusal?.kind == .unavailable)
      #expect(refusal?.outcome == .notDone)
    }
  }
}

/// The session with that process id, if there is one.
struct Alive: Statement {
  static let sql = "SELECT pid FROM pg_stat_activity WHERE pid = $1"
  let process: Int
  var bindings: Bindings { Bindings(process) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}
