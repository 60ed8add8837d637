import Postgres
import Testing
import TestKit

@Suite("notifications") struct NotificationTests {
  private struct Notify: Statement {
    static let sql = "SELECT pg_notify($1, $2)"
    let channel: String
    let payload: String
    var bindings: Bindings { Bindings(channel, payload) }
  }

  private struct Listeners: Statement {
    static let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
  }

  @Test("what is sent to the channel arrives in order, and nothing else", .timeLimit(.minutes(3)))
  func arrives() async throws {
    try await withDatabase { (database: Database) async throws in
      var notices = database.notifications(on: "Caches \"x\"").makeAsyncIterator()
      #expect(await notices.next() == .connected)
      _ = try await database.write(Notify(channel: "other", payload: "no"))
      for number in 1...3 { _ = try await database.write(Notify(channel: "Caches \"x\"", payload: "\(number)")) }
      for number in 1...3 { #expect(await notices.next() == .notified(payload: "\(number)")) }
    }
  }

  @Test("a lost connection is said and made again, and notifications go on", .timeLimit(.minutes(3)))
  func reconnects() async throws {
    try await withDatabase { (database: Database) async throws in
      var notices = database.notifications(on: "caches").makeAsyncIterator()
      #expect(await notices.next() == .connected)
      let listener = try #require(try await database.search(Listeners()).first)
      _ = try await database.write(Terminate(process: listener))
      #expect(await notices.next() == .disconnected)
      #expect(await notices.next() == .connected)
      _ = try await database.write(Notify(channel: "caches", payload: "again"))
      #expect(await notices.next() == .notified(payload: "again"))
    }
  }

  @Test("a reader far behind learns that it missed something", .timeLimit(.minutes(3)))
  func overflow() async throws {
    struct NotifyMany: Statement {
      static let sql = "SELECT pg_notify('caches', n::text) FROM generate_series(1, 3000) AS n"
    }
    struct QueueUsage: Statement {
      static let sql = "SELECT pg_notification_queue_usage()"
      static func decode(_ row: inout RowReader) throws(RowError) -> Double { try row.next() }
    }
    try await withDatabase { (database: Database) async throws in
      let stream = database.notifications(on: "caches")
      var notices = stream.makeAsyncIterator()
      #expect(await notices.next() == .connected)
      _ = try await database.write(NotifyMany())
      // The server has sent everything; then the event thread, which also serves the lane, has had time to take it in.
      try await eventually { try await database.first(QueueUsage()) == 0 }
      for number in 0..<100 { _ = try await database.first(Echo(number: number)) }
      var reconnected = false
      while let notice = await notices.next() {
        if notice == .connected { reconnected = true }
        if notice == .notified(payload: "3000") { break }
      }
      // Whichever order the last notice and the word about the loss come in, the word is there.
      if !reconnected {
        #expect(await notices.next() == .disconnected)
        #expect(await notices.next() == .connected)
      }
    }
  }

  @Test("the stream ends with the database, and its connection with the stream's reader", .timeLimit(.minutes(3)))
  func ends() async throws {
    try await withDatabase { (database: Database) async throws in
      let reader = Task {
        for await _ in database.notifications(on: "caches") {}
      }
      try await eventually { try await database.search(Listeners()).count == 1 }
      reader.cancel()
      await reader.value
      try await eventually { try await database.search(Listeners()).isEmpty }
      let stream = database.notifications(on: "caches")
      await database.close()
      for await _ in stream {}
    }
  }
}
