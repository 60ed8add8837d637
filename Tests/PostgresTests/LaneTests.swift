import Foundation
import Logging
import Postgres
import Synchronization
import TestKit
import Testing

@Suite("the lane") struct LaneTests {
  @Test("a hundred callers each get their own answer")
  func manyCallers() async throws {
    try await withDatabase { (database: Database) async throws in
      try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
        for number in 0..<500 {
          group.addTask { (number, try await database.first(Echo(number: number))) }
        }
        for try await (asked, answered) in group { #expect(asked == answered) }
      }
    }
  }

  @Test("statements that fail leave their neighbours in the full lane unharmed")
  func failingNeighbours() async throws {
    try await withDatabase { (database: Database) async throws in
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<300 {
          group.addTask {
            let divisor = number % 3 == 0 ? 0 : number
            let result = await Result { () async throws(DatabaseFailure) in
              try await database.first(Divide(by: divisor))
            }
            if divisor == 0 {
              #expect(
                throws: DatabaseFailure(
                  kind: .sql(state: "22012"), outcome: .notDone, message: "Divide: 22012 division by zero")
              ) {
                try result.get()
              }
            } else {
              #expect((try? result.get()) == 100 / divisor)
            }
          }
        }
      }
    }
  }

  private struct Broken: Statement { static let sql = "SELEKT 1" }

  @Test("a statement that cannot be prepared fails every time, and nothing else does")
  func unpreparable() async throws {
    try await withDatabase { (database: Database) async throws in
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask {
            let broken = await failure { () async throws(DatabaseFailure) in try await database.read(Broken()) }
            #expect(broken?.kind == .sql(state: "42601"))
            #expect((try? await database.first(Echo(number: number))) == number)
          }
        }
      }
    }
  }

  @Test("a slow search in the pool does not delay the lane")
  func slowSearch() async throws {
    try await withDatabase { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      async let slow: Void = { _ = try await database.search(PassGate()) }()
      try await eventually { try await gate.isReached() }
      for number in 1...50 { #expect(try await database.first(Echo(number: number)) == number) }
      #expect(try await gate.isReached())
      await gate.open()
      try await slow
    }
  }

  @Test("the lane refuses to write")
  func readOnly() async throws {
    try await withDatabase(setUp: noteTable) { (database: Database) async throws in
      let refusal = await failure { () async throws(DatabaseFailure) in try await database.read(AddNote(id: 1)) }
      #expect(refusal?.kind == .sql(state: "25006"))
      #expect(try await database.search(ListNotes()) == [])
    }
  }

  private struct Everything: Statement {
    static let sql = "SELECT * FROM changing"
    static func decode(_ row: inout RowReader) throws(RowError) -> Int {
      let first: Int = try row.next()
      row.skip()
      row.skip()
      return first
    }
  }

  @Test("a statement is prepared again after its table's columns changed", arguments: [true, false])
  func prepareAgain(inLane: Bool) async throws {
    let setUp = "CREATE TABLE changing (a bigint, b text); INSERT INTO changing VALUES (1, 'x')"
    try await withDatabase({ $0.poolSize = 1 }, setUp: setUp) { (database: Database) async throws in
      func ask() async throws -> [Int] {
        inLane ? try await database.read(Everything()) : try await database.search(Everything())
      }
      #expect(try await ask() == [1])
      try await script("ALTER TABLE changing ADD COLUMN c text", database.configuration)
      try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<20 { group.addTask { try await ask() } }
        for try await rows in group { #expect(rows == [1]) }
      }
      try await script("ALTER TABLE changing ALTER COLUMN a TYPE int", database.configuration)
      #expect(try await ask() == [1])
    }
  }

  private struct Forget: Statement { static let sql = "DEALLOCATE ALL" }

  @Test("a statement is prepared again after the server forgot it")
  func deallocated() async throws {
    try await withDatabase { (database: Database) async throws in
      #expect(try await database.first(Echo(number: 1)) == 1)
      _ = try await database.read(Forget())
      #expect(try await database.first(Echo(number: 2)) == 2)
    }
  }

  @Test("a full lane refuses at once, and says so")
  func bounded() async throws {
    try await withDatabase({
      $0.laneInFlight = 1
      $0.laneWaiters = 2
    }) { (database: Database) async throws in
      _ = try await database.first(Echo(number: 0))
      let gate = try await Gate.closed(database)
      let (passed, refused) = try await atTheGate(gate, callers: 10, refusals: 7) { () async throws(DatabaseFailure) in
        _ = try await database.read(PassGate())
      }
      #expect(passed == 3)
      #expect(refused.count == 7)
      #expect(refused.allSatisfy { $0.kind == .poolExhausted && $0.outcome == .notDone })
    }
  }

  @Test("two lanes share the work")
  func twoLanes() async throws {
    try await withDatabase({ $0.lanes = 2 }) { (database: Database) async throws in
      let processes = try await withThrowingTaskGroup(of: Int?.self) { group in
        for _ in 0..<20 { group.addTask { try await database.first(WhoAmI()) } }
        return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
      }
      #expect(processes.count == 2)
    }
  }

  @Test("large parameters and answers pass in both directions at once")
  func large() async throws {
    struct Big: Statement {
      static let sql = "SELECT $1::text || $2::text"
      let text: String
      var bindings: Bindings { Bindings(text, text) }
      static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
    }
    try await withDatabase { (database: Database) async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<6 {
          group.addTask { () async throws in
            let text = String(repeating: "\(number),", count: 200_000)
            #expect(try await database.first(Big(text: text)) == text + text)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("throughput, for the eye only")
  func throughput() async throws {
    try await withDatabase { (database: Database) async throws in
      for callers in [16, 64] {
        let (each, start) = (6400 / callers, ContinuousClock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<callers {
            group.addTask { for number in 0..<each { _ = try await database.first(Echo(number: number)) } }
          }
          try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("lane, \(callers) callers: \(Int(Double(each * callers) / seconds)) reads/s")
      }
    }
  }
}

extension Result where Success: Sendable {
  fileprivate init(_ body: () async throws(Failure) -> Success) async {
    do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
