import Postgres
import Synchronization
import TestKit
import Testing

@Suite("the migrator") struct MigratorTests {
  private typealias List = [(version: Int, name: String, sql: String)]

  private static let one = (version: 1, name: "notes", sql: "CREATE TABLE note (id bigint); CREATE INDEX ON note (id);")
  private static let two = (
    version: 2, name: "text", sql: "ALTER TABLE note ADD COLUMN text text; INSERT INTO note VALUES (1, 'x')"
  )
  private static let three = (version: 5, name: "more", sql: "CREATE TABLE more (id bigint)")

  private func check(_ list: List, _ configuration: DatabaseConfiguration) async -> MigrationFailure? {
    let database = Database(configuration, logger: quiet)
    let refusal: MigrationFailure?
    do throws(MigrationFailure) {
      try await Migrator(list).check(database)
      refusal = nil
    } catch {
      refusal = error
    }
    await database.close()
    return refusal
  }

  @Test("what is missing is applied once, in order, and the check is then content")
  func applies() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let lines = Mutex<[String]>([])
    let first = try await Migrator([Self.one, Self.two]).migrate(configuration) { line in
      lines.withLock { $0.append(line) }
    }
    #expect(first.map(\.version) == [1, 2])
    #expect(lines.withLock { $0 } == ["Migration 1: notes", "Migration 2: text"])
    #expect(try await Migrator([Self.one, Self.two]).migrate(configuration).isEmpty)
    #expect(await check([Self.one, Self.two], configuration) == nil)
    #expect(try await Migrator([Self.one, Self.two, Self.three]).migrate(configuration).map(\.version) == [5])
  }

  @Test("several migrators at once do the work once")
  func race() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let applied = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<6 { group.addTask { try await Migrator([Self.one, Self.two]).migrate(configuration).count } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(applied.sorted() == [0, 0, 0, 0, 0, 2])
  }

  @Test("a changed text is drift, and nothing is touched")
  func drift() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    _ = try await Migrator([Self.one]).migrate(configuration)
    var changed = Self.one
    changed.sql += " "
    let refusal = await #expect(throws: MigrationFailure.self) {
      try await Migrator([changed, Self.two]).migrate(configuration)
    }
    #expect(refusal?.kind == .drift)
    #expect(refusal?.explanation.contains("Migration 1 (notes)") == true)
    #expect(await check([changed], configuration)?.kind == .drift)
    #expect(await check([Self.one], configuration) == nil)
  }

  @Test("a migration that appears before applied ones is drift")
  func inserted() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    _ = try await Migrator([Self.one, Self.three]).migrate(configuration)
    #expect(await check([Self.one, Self.two, Self.three], configuration)?.kind == .drift)
  }

  @Test("an older and a newer database are told apart, and an empty one too")
  func versions() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let empty = await check([Self.one], configuration)
    #expect(empty?.kind == .older)
    #expect(empty?.explanation == "The database is empty: run `latchkey migrate` first.")
    _ = try await Migrator([Self.one, Self.two]).migrate(configuration)
    let older = await check([Self.one, Self.two, Self.three], configuration)
    #expect(older?.kind == .older)
    #expect(older?.explanation.contains("version 2") == true)
    let newer = await #expect(throws: MigrationFailure.self) { try await Migrator([Self.one]).migrate(configuration) }
    #expect(newer?.kind == .newer)
    #expect(newer?.explanation.contains("version 2, newer than this program's 1") == true)
  }

  @Test("a service works on where a newer program added something, and not where it took something away")
  func sideBySide() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    _ = try await Migrator([Self.one, Self.two]).migrate(configuration)
    #expect(await check([Self.one], configuration) == nil)
    let drop = (version: 7, name: "drop_text", sql: "ALTER TABLE note DROP COLUMN text")
    _ = try await Migrator([Self.one, Self.two, drop]).migrate(configuration)
    #expect(await check([Self.one], configuration)?.kind == .newer)
    #expect(await check([Self.one, Self.two, drop], configuration) == nil)
  }

  @Test("what a newer program knows of before is still compared")
  func driftBesideNewer() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    _ = try await Migrator([Self.one, Self.two]).migrate(configuration)
    var changed = Self.one
    changed.sql += " "
    #expect(await check([changed], configuration)?.kind == .drift)
  }

  @Test("a migration that fails leaves nothing of itself, and keeps those before it")
  func failing() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let broken = (version: 3, name: "broken", sql: "CREATE TABLE half (id bigint); SELECT 1/0")
    let refusal = await #expect(throws: MigrationFailure.self) {
      try await Migrator([Self.one, Self.two, broken]).migrate(configuration)
    }
    #expect(refusal?.explanation == "Migration 3 (broken) failed and was rolled back: 22012 division by zero.")
    #expect(await check([Self.one, Self.two], configuration) == nil)
    let mended = (version: 3, name: "broken", sql: "CREATE TABLE half (id bigint)")
    #expect(try await Migrator([Self.one, Self.two, mended]).migrate(configuration).map(\.version) == [3])
  }

  @Test("a migration that commits by itself is refused")
  func selfCommitting() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let refusal = await #expect(throws: MigrationFailure.self) {
      try await Migrator([(1, "sly", "CREATE TABLE sly (id bigint); COMMIT")]).migrate(configuration)
    }
    #expect(refusal?.kind == .badList)
  }

  @Test("a list out of order is refused")
  func badList() {
    #expect(throws: MigrationFailure.self) { try Migrator([Self.two, Self.one]) }
    #expect(throws: MigrationFailure.self) { try Migrator([Self.one, Self.one]) }
    #expect(throws: MigrationFailure.self) { try Migrator([(0, "zero", "SELECT 1")]) }
  }

  @Test("a migration that runs elsewhere is waited for, but not for ever")
  func lockTimeout() async throws {
    let configuration = try await ClusterForTests.freshDatabase()
    let holder = try await Session.open(configuration)
    try await holder.unsafeScript("SELECT pg_advisory_lock(x'6c617463686b6579'::bigint)")
    let refusal = await #expect(throws: MigrationFailure.self) {
      try await Migrator([Self.one], lockTimeout: .milliseconds(100)).migrate(configuration)
    }
    #expect(refusal?.kind == .busy)
    await holder.close()
    #expect(try await Migrator([Self.one]).migrate(configuration).count == 1)
  }
}
