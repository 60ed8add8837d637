import AdminService
import Foundation
import LatchkeyProtocol
import ServiceStore
import ServiceWorld
import Testing

@Suite struct SealTests {
  /// Three batches: two of five entries and one of four.
  private func sealed() async throws -> World {
    let world = try await World()
    for count in [5, 5, 4] {
      try await world.addEntries(count)
      try await world.sealer().seal()
    }
    #expect(try await world.checkedRecord().isWhole)
    return world
  }

  /// SQL: whether an entry is in one of these batches.
  private static func isIn(_ batches: Int...) -> String {
    "seq IN (SELECT seq FROM audit_sealed WHERE batch IN (\(batches.map(String.init).joined(separator: ", "))))"
  }

  private func names(_ world: World) async throws -> [String] {
    try await world.checkedRecord().findings.map { "\($0.name) \($0.batch)" }
  }

  @Test("entries are sealed in batches on top of each other, and nothing is sealed twice or for nothing")
  func sealing() async throws {
    let world = try await World()
    let sealer = world.sealer()
    #expect(try await sealer.seal() == 0)
    try await world.addEntries(AuditSealer.batch + 7)
    #expect(try await sealer.seal() == AuditSealer.batch)
    #expect(try await sealer.seal() == 7)
    #expect(try await sealer.seal() == 0)
    try await world.addEntries(2)
    let report = try await world.checkedRecord()
    #expect(report.isWhole && report.batches == 2 && report.entries == AuditSealer.batch + 7)
    #expect(report.waiting == 2 && report.overdue == 0 && report.newest?.batch == 2)
  }

  @Test("an entry of which any column changed is named")
  func changedEntry() async throws {
    let changes = [
      "created_at = created_at + interval '1 microsecond'", "event = 'SIGN_OUT'", "user_id = gen_random_uuid()",
      "username = 'mallory'", "username = NULL", "actor_id = gen_random_uuid()", "actor_name = ''",
      "session_id = gen_random_uuid()", "api_key_id = gen_random_uuid()", "client_id = 'x'", "client_name = 'x'",
      "address = '192.0.2.2'", "user_agent = ''", "data = data || '{\"n\": \"0\"}'", "changes = '{}'",
      "request_id = '\\x01'",
    ]
    let world = try await sealed()
    for change in changes {
      try await world.sql(
        """
        CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM audit_log WHERE \(Self.isIn(2));
        CREATE TABLE victim AS SELECT * FROM kept ORDER BY username LIMIT 1;
        UPDATE audit_log SET \(change) WHERE id = (SELECT id FROM victim)
        """)
      #expect(try await names(world) == ["entry-changed 2"], "\(change)")
      try await world.sql(
        """
        DELETE FROM audit_log WHERE id = (SELECT id FROM victim);
        INSERT INTO audit_log SELECT * FROM victim;
        DROP TABLE victim
        """)
    }
    #expect(try await world.checkedRecord().isWhole)
  }

  @Test("an entry that was removed, added, moved to another batch or changed for another's content is named")
  func entries() async throws {
    let first = "(SELECT id FROM audit_log WHERE \(Self.isIn(2)) ORDER BY created_at, id LIMIT 1)"
    let world = try await sealed()
    try await world.sql("DELETE FROM audit_log WHERE id = \(first)")
    #expect(try await names(world) == ["entry-missing 2"])

    let other = try await sealed()
    try await other.sql(
      """
      WITH added AS (
        INSERT INTO audit_log (id, event, address, user_agent, request_id)
        VALUES (gen_random_uuid(), 'SIGN_IN', '', '', '\\x00') RETURNING seq)
      INSERT INTO audit_sealed (seq, batch) SELECT seq, 2 FROM added
      """)
    #expect(try await names(other) == ["entry-added 2"])

    let moved = try await sealed()
    try await moved.sql("UPDATE audit_sealed SET batch = 3 WHERE seq = (SELECT seq FROM audit_log WHERE id = \(first))")
    #expect(try await names(moved).sorted() == ["entry-added 3", "entry-missing 2"])

    let swapped = try await sealed()
    try await swapped.sql(
      """
      WITH pair AS (SELECT id, username, row_number() OVER (ORDER BY created_at) n FROM audit_log
        WHERE \(Self.isIn(2)) LIMIT 2)
      UPDATE audit_log l SET username = b.username FROM pair a, pair b WHERE l.id = a.id AND a.n <> b.n
      """)
    #expect(try await names(swapped) == ["entry-changed 2", "entry-changed 2"])
  }

  @Test("an entry that is written now and claims an earlier time is named once it is sealed")
  func backdated() async throws {
    let world = try await sealed()
    try await world.addEntries(1, endingSecondsAgo: 3600)
    try await world.sealer().seal()
    #expect(try await names(world) == ["entries-backdated 4"])
  }

  @Test("a batch that is gone with its entries, and entries without their seal, are told")
  func missingBatch() async throws {
    let world = try await sealed()
    try await world.sql("DELETE FROM audit_seals WHERE batch = 2")
    #expect(try await names(world) == ["batches-missing 2", "entries-unsealed 2"])
    try await world.sql("DELETE FROM audit_log WHERE \(Self.isIn(2))")
    #expect(try await names(world) == ["batches-missing 2"])

    let beginning = try await sealed()
    try await beginning.sql("DELETE FROM audit_seals WHERE batch < 3; DELETE FROM audit_log WHERE \(Self.isIn(1, 2))")
    #expect(try await beginning.checkedRecord().findings == [.batchesMissing(1...2)])
  }

  @Test("a seal that was made without the key does not pass, however well its hashes fit")
  func forgedSeal() async throws {
    let world = try await sealed()
    // All that the database alone allows: the entry, its leaf and the content's hash are made to fit; the seal cannot
    // be.
    let stranger = try EncryptionKey(Array("a stranger's key, 32 bytes long..".utf8)).keys(for: .admin)
    try await world.sql(
      """
      UPDATE audit_log SET username = 'mallory' WHERE \(Self.isIn(3));
      DELETE FROM audit_sealed WHERE batch = 3; DELETE FROM audit_seals WHERE batch = 3
      """)
    try await world.sealer(keys: stranger).seal()
    #expect(try await names(world) == ["seal-wrong 3"])

    for change in ["entries = 6", "first_at = first_at - interval '1 day'", "sealed_at = now()", "seal = '\\x00'"] {
      let other = try await sealed()
      try await other.sql("UPDATE audit_seals SET \(change) WHERE batch = 2")
      #expect(try await names(other).first == "seal-wrong 2", "\(change)")
    }
    let list = try await sealed()
    try await list.sql("UPDATE audit_seals SET leaves = '\\x00' WHERE batch = 2")
    #expect(try await names(list) == ["list-wrong 2"])
    #expect(try await sealed().checkedRecord(keys: stranger).problems == 3)
  }

  @Test("a cut at the newest end shows against a seal that was noted, and to the process that made it")
  func cut() async throws {
    let world = try await sealed()
    let noted = try #require(try await world.checkedRecord().newest)
    #expect(try await world.checkedRecord(noted: noted).isWhole)
    try await world.sql("DELETE FROM audit_seals WHERE batch = 3; DELETE FROM audit_log WHERE \(Self.isIn(3))")
    #expect(try await world.checkedRecord().isWhole)
    #expect(try await world.checkedRecord(noted: noted).findings == [.seamMissing(batch: 3)])
    // The end that grows again is another one.
    try await world.addEntries(4)
    try await world.sealer().seal()
    #expect(try await world.checkedRecord(noted: noted).findings == [.seamMissing(batch: 3)])
    #expect(AuditReport.Seam(noted.description) == noted)
    for text in ["", "3", "3:", "0:\(String(repeating: "0", count: 32))", "3:\(String(repeating: "x", count: 32))"] {
      #expect(AuditReport.Seam(text) == nil, "\(text)")
    }
  }

  @Test("many sealers at once seal every entry once, in one chain")
  func racing() async throws {
    let world = try await World()
    try await world.addEntries(2500)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let sealer = world.sealer()
          for _ in 0..<6 { try await sealer.seal() }
        }
      }
      for _ in 0..<20 { group.addTask { try await world.addEntries(5) } }
      try await group.waitForAll()
    }
    let sealer = world.sealer()
    while try await sealer.seal() > 0 {}
    let report = try await world.checkedRecord()
    #expect(report.isWhole && report.entries == 2600 && report.waiting == 0, "\(report)")
  }

  @Test("whole batches go when they are old, their seals stay, and the chain still holds")
  func retention() async throws {
    let world = try await World()
    for days in [200, 100, 91, 10] {
      try await world.addEntries(3, endingSecondsAgo: days * 86_400)
      try await world.sealer().seal()
    }
    let sealer = world.sealer(retentionDays: 90)
    var rounds = 0
    while try await sealer.removeAged() { rounds += 1 }
    #expect(rounds == 3)
    let report = try await world.checkedRecord()
    #expect(report.isWhole && report.removed == 3 && report.batches == 1 && report.entries == 3, "\(report)")
    // Removing a young batch and calling it old age takes the key.
    try await world.sql(
      """
      DELETE FROM audit_log WHERE \(Self.isIn(4));
      UPDATE audit_seals SET pruned_at = now(), leaves = NULL,
        pruned_seal = (SELECT pruned_seal FROM audit_seals WHERE batch = 1) WHERE batch = 4
      """)
    #expect(try await names(world) == ["removal-wrong 4"])
    // And what was removed does not come back.
    try await world.sql(
      """
      WITH added AS (
        INSERT INTO audit_log (id, event, address, user_agent, request_id)
        VALUES (gen_random_uuid(), 'SIGN_IN', '', '', '\\x00') RETURNING seq)
      INSERT INTO audit_sealed (seq, batch) SELECT seq, 2 FROM added
      """)
    #expect(try await names(world) == ["removal-wrong 4", "entries-unsealed 2"])
  }

  @Test("entries that nobody seals are told after ten minutes, and are no fault of the record")
  func overdue() async throws {
    let world = try await World()
    try await world.addEntries(2, endingSecondsAgo: 700)
    let report = try await world.checkedRecord()
    #expect(report.isWhole && report.waiting == 2 && report.overdue == 2)
  }
}
