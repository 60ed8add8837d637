import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import LatchkeyWords
import Testing

@Suite("Record")
struct RecordRouteTests {
  private let cookie = ["Cookie": "access_token=t"]

  private let entry = Admin.AuditLogEntry(
    id: UUID(), createdAt: Sample.date, event: "USER_UPDATED", address: "192.168.1.9",
    userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140", place: .lan,
    user: Admin.AuditLogEntry.Somebody(id: Sample.user.id, username: "grace"),
    actor: Admin.AuditLogEntry.Somebody(id: nil, username: "ada"), clientID: "grafana", clientName: "Grafana",
    data: ["method": "setup"],
    changes: ["disabled": Admin.AuditLogEntry.Change(before: false, after: true)], request: RequestID(), batch: 3)

  private func page(_ entries: [Admin.AuditLogEntry]) -> Admin.Page<Admin.AuditLogEntry> {
    Admin.Page(items: entries, total: entries.count, page: 1, limit: 20)
  }

  @Test("an entry has Pocket ID's fields, and beside them who did what by what")
  func dto() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListAuditLog.self, .entries(page([entry])))
      let reply = try await client.get("/api/audit-logs/all", cookie)
      let item = try #require(reply.json["data"]?.array?.first)
      #expect(item["event"] == "USER_UPDATED" && item["ipAddress"] == "192.168.1.9")
      #expect(item["country"] == "Internal Network" && item["city"] == "LAN")
      #expect(item["device"] == "Firefox on Linux")
      #expect(item["userID"]?.string == "\(Sample.user.id)" && item["username"] == "grace")
      #expect(item["actorUsername"] == "ada" && item["actorID"] == "")
      #expect(
        item["data"] == [
          "method": "setup", "clientName": "Grafana", "clientID": "grafana", "actorUsername": "ada",
        ])
      #expect(item["changes"]?["disabled"] == ["before": false, "after": true])
      #expect(item["requestId"]?.string?.count == 32 && item["sessionId"] == .null && item["sealed"] == true)
    }
  }

  @Test("filters come in Pocket ID's form and ours; what they cannot be is refused by name")
  func filters() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListAuditLog.self, .entries(page([])))
      let query = [
        "filters[userId][]=\(Sample.user.id)", "filters%5Bevent%5D%5B%5D=SIGN_IN", "filters[event][]=SIGN_OUT",
        "filters[clientName][]=A%20B", "filters[location][]=internal", "filters[from]=2026-09-01",
        "filters[to]=2026-09-01", "sort[column]=createdAt&sort[direction]=asc",
      ].joined(separator: "&")
      #expect(try await client.get("/api/audit-logs/all?\(query)", cookie).status == 200)
      let asked = try #require(services.asked(Admin.ListAuditLog.self).first)
      #expect(asked.filter.users == [Sample.user.id] && asked.filter.events == ["SIGN_IN", "SIGN_OUT"])
      #expect(asked.filter.clientNames == ["A B"] && asked.filter.location == .internal)
      let (from, to) = (try #require(asked.filter.from), try #require(asked.filter.to))
      #expect(to.timeIntervalSince(from) == 86_400)
      let refused = try await client.get(
        "/api/audit-logs/all?filters[userId][]=x&filters[location][]=moon&filters[from]=soon", cookie)
      #expect(refused.status == 400 && refused.json["code"] == "validation_failed")
      #expect(
        Set(refused.json["details"]?["fields"]?.array?.compactMap { $0["field"]?.string } ?? [])
          == ["filters[userId]", "filters[location]", "filters[from]"])
      for query in ["filters[event]=", "filters[isAdmin]=true", "filters[from]=2026-09-01&filters[from][1]=2026-09-02"]
      {
        #expect(try await client.get("/api/audit-logs/all?\(query)", cookie).status == 400, "\(query)")
      }
    }
  }

  @Test("who may not read it is told so; one's own is for everybody who is signed in")
  func denied() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListAuditLog.self, .denied(.notAdministrator))
      services.on(Admin.ListAuditedClients.self, .denied(.notAdministrator))
      services.on(Admin.ListAuditedUsers.self, .denied(.notSignedIn))
      services.on(Admin.ListOwnAuditLog.self, .entries(page([entry])))
      #expect(try await client.get("/api/audit-logs/all", cookie).status == 403)
      #expect(try await client.get("/api/audit-logs/filters/client-names", cookie).status == 403)
      #expect(try await client.get("/api/audit-logs/filters/users").status == 401)
      #expect(try await client.get("/api/audit-logs", cookie).json["data"]?.array?.count == 1)
    }
  }

  @Test("what to filter by: apps as a list, people by id")
  func choices() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListAuditedClients.self, .names(["Grafana", "Immich"]))
      services.on(
        Admin.ListAuditedUsers.self, .users([Admin.AuditLogEntry.Somebody(id: Sample.user.id, username: "ada")]))
      #expect(try await client.get("/api/audit-logs/filters/client-names", cookie).json == ["Grafana", "Immich"])
      let users = try await client.get("/api/audit-logs/filters/users", cookie)
      #expect(users.json == .object(["\(Sample.user.id)": "ada"]))
    }
  }

  @Test("the page shows entries in words, what changed, and keeps its filters when it is turned")
  func pages() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(
        Admin.ListAuditLog.self, .entries(Admin.Page(items: [entry], total: 60, page: 2, limit: 20)))
      services.on(Admin.ListAuditedClients.self, .names(["Grafana"]))
      services.on(Admin.ListOwnAuditLog.self, .entries(page([])))
      let reply = try await client.get(
        "/settings/audit-log/all?filters[event]=USER_UPDATED&filters[to]=&pagination[page]=2", cookie)
      #expect(reply.status == 200)
      for text in [
        "Person changed", "by ada", "local network", "<code>disabled</code>",
        "filters%5Bevent%5D=USER_UPDATED&amp;pagination%5Bpage%5D=3",
      ] { #expect(reply.text.contains(text), "\(text)") }
      let chinese = try await client.get(
        "/settings/audit-log/all", cookie.merging(["Accept-Language": "zh-CN"]) { $1 })
      #expect(chinese.text.contains("用户资料已更改") && chinese.text.contains("由 ada 操作"))
      #expect(try await client.get("/settings/audit-log", cookie).text.contains("Nothing yet"))
      #expect(try await client.get("/settings/audit-log/global", cookie)["Location"] == "/settings/audit-log/all")
      #expect(try await client.get("/settings/audit-log").status == 302)
      services.on(Admin.ListAuditLog.self, .denied(.notAdministrator))
      services.on(
        Auth.CurrentSession.self, .signedIn(Sample.user.withoutAdministration, Sample.session))
      #expect(try await client.get("/settings/audit-log/all", cookie).status == 403)
    }
  }

  @Test("every event has its words")
  func words() {
    #expect(Set(EventWords.keys) == Set(AuditEvent.allCases.map { "event.\($0.rawValue)" }))
  }
}

extension User {
  fileprivate var withoutAdministration: User {
    User(
      id: id, username: username, email: email, emailVerified: emailVerified, firstName: firstName,
      lastName: lastName, displayName: displayName, isAdmin: false, locale: locale, disabled: disabled)
  }
}
