import AdminService
import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import ServiceWorld
import Store
import Testing

@Suite struct RecordReadingTests {
  /// An administrator, ada, and forty entries of others, a second apart: every fourth by grace in Grafana, from her
  /// network.
  private func world() async throws -> (World, Browser, grace: UserID) {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let grace = UserID(UUID())
    try await world.addEntries(40, endingSecondsAgo: 60)
    try await world.sql(
      """
      UPDATE audit_log SET user_id = '\(grace)', username = 'grace', event = 'CLIENT_AUTHORIZATION',
        client_name = 'Grafana', address = 'fd00::7' WHERE username LIKE 'user%' AND (data->>'n')::int % 4 = 0;
      UPDATE audit_log SET actor_name = 'Root' WHERE username = 'user1'
      """)
    return (world, browser, grace)
  }

  private func list(
    _ browser: Browser, _ filter: Admin.AuditLogFilter = .init(), _ page: Admin.PageRequest = .init()
  ) async throws -> Admin.Page<Admin.AuditLogEntry> {
    let message = Admin.ListAuditLog(page: page, filter: filter)
    guard case .entries(let found) = try await browser.world.admin.send(message, browser.call()) else {
      throw ReadingFailure()
    }
    return found
  }

  @Test("the largest page of the longest entries fits a frame, and what was cut says so")
  func longest() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    let long = String(repeating: "語", count: 4000)
    let urls = JSONValue.array(
      (0..<50).map { .string("https://app\($0).example.com/" + String(repeating: "x", count: 2000)) })
    for _ in 0..<Admin.PageRequest.largest {
      var call = browser.call()
      call.caller.userAgent = String(repeating: "agent ", count: 1000)
      var entry = AuditEntry(.clientUpdated, call, subject: "\(UUID())")
      (entry.userID, entry.username, entry.actorID, entry.actorName) = (ada.id, ada.username, ada.id, ada.username)
      (entry.clientID, entry.clientName) = (UUID().uuidString, String(repeating: "語", count: 50))
      for number in 0..<5 { entry.data["text\(number)"] = long }
      for number in 0..<25 {
        entry.note("field\(number)", number.isMultiple(of: 2) ? urls : .string(long), .string(""))
      }
      _ = try await world.database.write(AuditLog.Insert(entry))
    }
    let page = try await list(browser, .init(), Admin.PageRequest(limit: Admin.PageRequest.largest))
    #expect(page.items.count == Admin.PageRequest.largest)
    let entry = try #require(page.items.first { $0.event == AuditEvent.clientUpdated.rawValue })
    #expect(entry.data.values.allSatisfy { $0.hasSuffix("…") }, "\(entry.data)")
  }

  @Test("an entry that says little says it whole, and one long text is cut to its beginning")
  func cut() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    var entry = AuditEntry(.clientUpdated, browser.call())
    entry.data["short"] = "語"
    entry.data["long"] = String(repeating: "x", count: 5000)
    entry.note("callbackURLs", .array((0..<4).map { .string("https://app\($0).example.com/callback") }), .array([]))
    _ = try await world.database.write(AuditLog.Insert(entry))
    let listed = try #require(try await list(browser).items.first { $0.data["short"] == "語" })
    #expect(listed.data["long"] == String(repeating: "x", count: 1024) + "…")
    #expect(
      listed.changes["callbackURLs"]?.before
        == .array(
          (0..<4).map { .string("https://app\($0).example.com/callback") }))
  }

  @Test("pages follow each other, from either end, with the same total")
  func paging() async throws {
    let (world, browser, _) = try await world()
    try await world.sealer().seal()
    try await world.addEntries(3)
    var ids: [UUID] = []
    for number in 1...5 {
      let page = try await list(browser, .init(), Admin.PageRequest(page: number, limit: 10))
      #expect(page.total == 45)
      ids += page.items.map(\.id)
    }
    #expect(Set(ids).count == 45)
    let oldest = try await list(browser, .init(), Admin.PageRequest(limit: 100, sortColumn: "createdAt"))
    #expect(oldest.items.map(\.id) == ids.reversed())
    #expect(oldest.items.prefix(40).allSatisfy { $0.batch == 1 } && oldest.items.last?.batch == nil)
  }

  @Test("each filter narrows, together they narrow further, and people are found by the names they had")
  func filters() async throws {
    let (_, browser, grace) = try await world()
    #expect(try await list(browser, .init(users: [grace])).total == 10)
    #expect(try await list(browser, .init(users: [grace, UserID(UUID())])).total == 10)
    #expect(try await list(browser, .init(events: ["CLIENT_AUTHORIZATION"])).total == 10)
    #expect(try await list(browser, .init(events: ["CLIENT_AUTHORIZATION", "SIGN_IN"])).total == 41)
    #expect(try await list(browser, .init(clientNames: ["Grafana"])).total == 10)
    #expect(try await list(browser, .init(person: "GRACE")).total == 10)
    #expect(try await list(browser, .init(person: "root")).total == 1)
    #expect(try await list(browser, .init(person: "Ada")).total == 2)
    #expect(try await list(browser, .init(location: .internal)).total == 10)
    #expect(try await list(browser, .init(location: .external)).total == 32)
    #expect(try await list(browser, .init(users: [grace], events: ["SIGN_IN"])).total == 0)
    let now = Date()
    #expect(try await list(browser, .init(to: now - 300)).total == 0)
    #expect(try await list(browser, .init(from: now - 300, to: now - 30)).total == 40)
    let places = try await list(browser, .init(users: [grace])).items.map(\.place)
    #expect(places.allSatisfy { $0 == .lan } && places.count == 10)
  }

  @Test("what no address can be is of no place, and breaks no list")
  func strangeAddresses() async throws {
    let (world, browser, _) = try await world()
    try await world.sql("UPDATE audit_log SET address = 'socket' WHERE username = 'user2'")
    try await world.sql("UPDATE audit_log SET address = '' WHERE username = 'user3'")
    #expect(try await list(browser, .init(location: .external)).total == 30)
    #expect(try await list(browser, .init(location: .internal)).total == 10)
  }

  @Test("the choices are what the record names, once each")
  func choices() async throws {
    let (_, browser, grace) = try await world()
    let admin = browser.world.admin
    #expect(try await admin.send(Admin.ListAuditedClients(), browser.call()) == .names(["Grafana"]))
    guard case .users(let users) = try await admin.send(Admin.ListAuditedUsers(), browser.call()) else { return }
    #expect(Set(users.map(\.username)) == ["ada", "grace"] && users.contains { $0.id == grace })
  }

  @Test("one's own is about oneself alone, whatever is asked for; the rest is for administrators")
  func rights() async throws {
    let (world, browser, grace) = try await world()
    let own = Admin.ListOwnAuditLog(page: .init(), filter: .init(users: [grace]))
    guard case .entries(let mine) = try await world.admin.send(own, browser.call()) else { return }
    #expect(mine.total == 2 && mine.items.allSatisfy { $0.user?.username == "ada" })
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(
      try await world.admin.send(Admin.ListAuditLog(page: .init()), browser.call()) == .denied(.notAdministrator))
    #expect(
      try await world.admin.send(Admin.ListAuditedUsers(), browser.call()) == .denied(.notAdministrator))
    #expect(try await world.admin.send(own, world.call()) == .denied(.notSignedIn))
  }
}

private struct ReadingFailure: Error {}
