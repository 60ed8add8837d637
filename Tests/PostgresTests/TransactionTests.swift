import Foundation
import Postgres
import Testing
import TestKit

@Suite("transactions") struct TransactionTests {
  private struct Boom: Error {}

  @Test("what the body wrote is there together, after it returned")
  func commits() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      let answer = try await database.transaction { transaction in
        try await transaction.write(AddNote(id: 1))
        try await transaction.write(AddNote(id: 2))
        #expect(try await database.read(ListNotes()) == [])
        return try await transaction.read(ListNotes())
      }
      #expect(answer == [1, 2])
      #expect(try await database.read(ListNotes()) == [1, 2])
    }
  }

  @Test("a body that throws leaves nothing, and the connection is used again")
  func rollsBack() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      await #expect(throws: Boom.self) {
        try await database.transaction { transaction in
          try await transaction.write(AddNote(id: 1))
          throw Boom()
        }
      }
      #expect(try await database.search(ListNotes()) == [])
    }
  }

  @Test("a failure that the body swallows still prevents the commit")
  func swallowed() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      let refusal = await #expect(throws: DatabaseFailure.self) {
        try await database.transaction { transaction in
          try await transaction.write(AddNote(id: 1))
          _ = try? await transaction.write(AddNote(id: 1))
          let further = await failure { () async throws(DatabaseFailure) in try await transaction.read(ListNotes()) }
          #expect(further?.kind == .constraint(name: "note_pkey"))
        }
      }
      #expect(refusal?.kind == .constraint(name: "note_pkey"))
      #expect(refusal?.outcome == .notDone)
      #expect(try await database.search(ListNotes()) == [])
    }
  }

  @Test("a constraint that is checked at the commit fails the transaction")
  func deferred() async throws {
    let setUp = noteTable + "; ALTER TABLE note ADD CONSTRAINT once UNIQUE (text) DEFERRABLE INITIALLY DEFERRED"
    try await withDatabase(setUp: setUp) { (database: Database) async throws in
      let refusal = await #expect(throws: DatabaseFailure.self) {
        try await database.transaction { transaction in
          try await transaction.write(AddNote(id: 1))
          try await transaction.write(AddNote(id: 2))
        }
      }
      #expect(refusal?.kind == .constraint(name: "once"))
      #expect(refusal?.outcome == .notDone)
      // By itself, too, a statement is not done before its commit.
      try await database.write(AddNote(id: 3))
      let single = await failure { () async throws(DatabaseFailure) in try await database.write(AddNote(id: 4)) }
      #expect(single?.kind == .constraint(name: "once"))
      #expect(try await database.read(ListNotes()) == [3])
    }
  }

  @Test("a transaction may not be used after its end")
  func afterTheEnd() async throws {
    try await withDatabase { (database: Database) async throws in
      let escaped = try await database.transaction { $0 }
      let refusal = await failure { () async throws(DatabaseFailure) in try await escaped.read(Echo(number: 1)) }
      #expect(refusal?.kind == .sql(state: "25P01"))
    }
  }

  @Test("a transaction is read committed, whatever the database's default is")
  func isolation() async throws {
    let setUp = """
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation TO serializable', current_database());
      END $$
      """
    try await withDatabase(setUp: setUp) { (database: Database) async throws in
      #expect(try await database.first(Setting(name: "transaction_isolation")) == "serializable")
      let setting = try await database.transaction { try await $0.first(Setting(name: "transaction_isolation")) }
      #expect(setting == "read committed")
    }
  }

  @Test("of two serializable transactions that contradict each other one loses, and says why")
  func lostRace() async throws {
    struct Serializable: Statement {
      static let sql = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"
      static func decode(_ row: inout RowReader) throws(RowError) {}
    }
    struct Count: Statement {
      static let sql = "SELECT count(*) FROM note"
      static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
    }
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      let refusal = await #expect(throws: DatabaseFailure.self) {
        try await database.transaction { one in
          try await one.write(Serializable())
          _ = try await one.read(Count())
          try await database.transaction { two in
            try await two.write(Serializable())
            _ = try await two.read(Count())
            try await two.write(AddNote(id: 2))
          }
          try await one.write(AddNote(id: 1))
        }
      }
      #expect(refusal?.kind == .sql(state: "40001"))
      #expect(refusal?.outcome == .notDone)
      #expect(try await database.read(ListNotes()) == [2])
    }
  }

  @Test("statements of one transaction may be sent side by side")
  func pipelined() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      try await database.transaction { transaction in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for id in 1...50 { group.addTask { try await transaction.write(AddNote(id: id)) } }
          try await group.waitForAll()
        }
      }
      #expect(try await database.read(ListNotes()) == Array(1...50))
    }
  }

  @Test("a cancelled transaction changes nothing and gives its connection back")
  func cancelled() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      let task = Task {
        try await database.transaction { transaction in
          try await transaction.write(AddNote(id: 1))
          _ = try await transaction.read(PassGate())
        }
      }
      try await eventually { try await gate.isReached() }
      task.cancel()
      let refusal = await #expect(throws: DatabaseFailure.self) { try await task.value }
      #expect(refusal?.kind == .cancelled)
      async let next = database.search(ListNotes())
      await gate.open()
      #expect(try await next == [])
    }
  }

  @Test("a transaction cancelled while it waits for a connection was never begun")
  func cancelledWaiting() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      try await database.transaction { first in
        let waiting = Task { try await database.transaction { try await $0.write(AddNote(id: 1)) } }
        waiting.cancel()
        let refusal = await #expect(throws: DatabaseFailure.self) { try await waiting.value }
        #expect(refusal?.kind == .cancelled)
        #expect(refusal?.outcome == .notDone)
        try await first.write(AddNote(id: 2))
      }
      #expect(try await database.search(ListNotes()) == [2])
    }
  }

  @Test("a transaction whose backend dies before the commit is certainly not done")
  func killedBeforeCommit() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      let refusal = await #expect(throws: DatabaseFailure.self) {
        try await database.transaction { transaction in
          try await transaction.write(AddNote(id: 1))
          let process = try await transaction.first(WhoAmI()) ?? 0
          try await database.write(Terminate(process: process))
          _ = try await transaction.first(WhoAmI())
        }
      }
      #expect(refusal?.kind == .unavailable)
      #expect(refusal?.outcome == .notDone)
      #expect(try await database.search(ListNotes()) == [])
    }
  }

  @Test("a transaction whose backend dies during the commit may have happened")
  func killedDuringCommit() async throws {
    // The deferred trigger makes the commit take its time, so that the backend can be killed in the middle of it.
    let setUp =
      noteTable + """
        ;
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION dawdle();
        """
    try await withDatabase(setUp: setUp) { (database: Database) async throws in
      let task = Task { try await database.transaction { try await $0.write(AddNote(id: 1)) } }
      var committing: [Int] = []
      try await eventually {
        committing = try await database.read(Running(marker: "COMMIT"))
        return committing.count == 1
      }
      try await database.write(Terminate(process: committing.first ?? 0))
      let refusal = await #expect(throws: DatabaseFailure.self) { try await task.value }
      #expect(refusal?.kind == .unavailable)
      #expect(refusal?.outcome == .unknown)
    }
  }
}
