import Postgres
import Testing
import TestKit

@Suite("giving up") struct CancellationTests {
  @Test("a cancelled read leaves at once, and the answers behind it go to the right callers")
  func cancelledRead() async throws {
    try await withDatabase { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      let slow = Task { try await database.read(PassGate()) }
      try await eventually { try await gate.isReached() }
      async let behind = database.first(Echo(number: 42))
      slow.cancel()
      let refusal = await #expect(throws: DatabaseFailure.self) { try await slow.value }
      #expect(refusal?.kind == .cancelled)
      // A read changes nothing, so nothing happened. At the server it still runs.
      #expect(refusal?.outcome == .notDone)
      #expect(try await gate.isReached())
      await gate.open()
      #expect(try await behind == 42)
    }
  }

  @Test("a cancelled write may have happened, and its connection serves others only after its answer")
  func cancelledWrite() async throws {
    struct SlowNote: Statement {
      static let sql = "INSERT INTO note (id, text) SELECT 1, 'late' FROM pg_advisory_xact_lock_shared(1) /* gate */"
    }
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      let slow = Task { try await database.write(SlowNote()) }
      try await eventually { try await gate.isReached() }
      slow.cancel()
      let refusal = await #expect(throws: DatabaseFailure.self) { try await slow.value }
      #expect(refusal?.kind == .cancelled)
      #expect(refusal?.outcome == .unknown)
      async let next = database.search(ListNotes())
      await gate.open()
      #expect(try await next == [1])
    }
  }

  @Test("a caller cancelled before it was sent is certain that nothing happened")
  func cancelledWaiting() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      async let busy: Void = { _ = try await database.search(PassGate()) }()
      try await eventually { try await gate.isReached() }
      let waiting = Task { try await database.write(AddNote(id: 1)) }
      waiting.cancel()
      let refusal = await #expect(throws: DatabaseFailure.self) { try await waiting.value }
      #expect(refusal?.kind == .cancelled)
      #expect(refusal?.outcome == .notDone)
      await gate.open()
      try await busy
      #expect(try await database.search(ListNotes()) == [])
    }
  }

  @Test("the server stops a statement that takes too long", arguments: [true, false])
  func statementTimeout(inLane: Bool) async throws {
    try await withDatabase({
      $0.readTimeout = .seconds(1)
      $0.statementTimeout = .seconds(1)
    }) { (database: Database) async throws in
      let refusal = await failure { () async throws(DatabaseFailure) in
        inLane ? try await database.read(Sleep(seconds: 60)) : try await database.search(Sleep(seconds: 60))
      }
      #expect(refusal?.kind == .timedOut)
      #expect(refusal?.outcome == .notDone)
      // Again and again, as on a busy machine even these may take longer than this test allows.
      await eventually { (try? await database.first(Echo(number: 1))) == 1 }
      await eventually { (try? await database.search(WhoAmI()))?.count == 1 }
    }
  }

  @Test("a caller leaves a silent server after its time, and the connection is given up")
  func silentServer() async throws {
    try await withDatabase({
      $0.readTimeout = .seconds(3)
      $0.grace = .seconds(1)
    }) { (database: Database) async throws in
      let process = try #require(try await database.first(WhoAmI()))
      let gate = try await Gate.closed(database)
      // The server forgets its own limit for this session, as a dead network would.
      struct NoLimit: Statement { static let sql = "SELECT set_config('statement_timeout', '0', false)" }
      _ = try await database.read(NoLimit())
      let refusal = await failure { () async throws(DatabaseFailure) in try await database.read(PassGate()) }
      #expect(refusal?.kind == .timedOut)
      #expect(try await gate.isReached())
      // Whoever comes next waits until the lane gives the connection up, and is then served by another.
      await eventually { (try? await database.first(WhoAmI())).map { $0 != process } ?? false }
      await gate.open()
    }
  }
}
