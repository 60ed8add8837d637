package import Encodings
import Foundation
package import LatchkeyProtocol
import ServiceKit

extension JSONValue {
  /// `AuditLogDto`, plus what Pocket ID does not have: who did it, by which session or key, in which request, and what
  /// changed.
  package static func recordEntry(_ entry: Admin.AuditLogEntry) -> JSONValue {
    var data = entry.data
    data["clientName"] = data["clientName"] ?? entry.clientName
    data["clientID"] = data["clientID"] ?? entry.clientID
    if let actor = entry.actor {
      data["actorUserID"] = actor.id.map { "\($0)" }
      data["actorUsername"] = actor.username
    }
    let changes = entry.changes.mapValues { change -> JSONValue in ["before": change.before, "after": change.after] }
    return [
      "id": .string(entry.id.uuidString.lowercased()), "createdAt": .date(entry.createdAt),
      "event": .string(entry.event), "ipAddress": .string(entry.address),
      "country": .string(entry.place == nil ? "" : "Internal Network"), "city": .string(entry.place?.city ?? ""),
      "device": .string(Device(userAgent: entry.userAgent).text), "userID": .string(id(entry.user)),
      "username": .string(entry.user?.username ?? ""), "actorID": .string(id(entry.actor)),
      "actorUsername": .string(entry.actor?.username ?? ""), "data": .object(data.mapValues { .string($0) }),
      "changes": .object(changes), "sessionId": .optional(entry.session.map { "\($0)" }),
      "apiKeyId": .optional(entry.apiKey.map { "\($0)" }), "requestId": .optional(entry.request.map { "\($0)" }),
      "sealed": .bool(entry.batch != nil),
    ]
  }

  private static func id(_ somebody: Admin.AuditLogEntry.Somebody?) -> String {
    somebody?.id.map { "\($0)" } ?? ""
  }
}

extension Admin.AuditLogPlace {
  /// In Pocket ID's words.
  var city: String {
    switch self {
    case .localhost: "localhost"
    case .tailscale: "Tailscale"
    case .lan: "LAN"
    }
  }
}

extension Device {
  /// In English, for the REST API.
  var text: String {
    let names = [browser, system].compactMap { $0 }
    return names.isEmpty ? "Unknown" : names.joined(separator: " on ")
  }
}

extension Admin.AuditLogFilter {
  package static let names: Set<String> = [
    "userId", "event", "clientName", "location", "actorId", "person", "from", "to",
  ]

  /// From `filters[userId]`, `filters[event]`, `filters[clientName]`, `filters[location]` as Pocket ID has them, and
  /// ours: `filters[actorId]`, `filters[person]` (a name), `filters[from]` and `filters[to]` (RFC 3339, or a whole day
  /// in UTC).
  package init(_ query: [FormField]) throws(Refusal) {
    var filters = ListFilters(query, known: Self.names)
    func users(_ name: String) -> [UserID] {
      filters[name].compactMap { text in
        if let id = UserID(text) { return id }
        filters.refuse("filters[\(name)]", "invalid", "Expected the id of a user.")
        return nil
      }
    }
    /// The value of a filter that takes only one.
    func single(_ name: String) -> String? {
      let values = filters[name]
      if values.count > 1 { filters.refuse("filters[\(name)]", "too_many", "Expected one value.") }
      return values.first
    }
    func date(_ name: String, isEnd: Bool) -> Date? {
      guard let text = single(name) else { return nil }
      if let date = Self.time(text) { return date }
      if let day = Self.time("\(text)T00:00:00Z") { return isEnd ? day.addingTimeInterval(86_400) : day }
      filters.refuse("filters[\(name)]", "invalid", "Expected a time such as 2026-09-01T12:00:00Z.")
      return nil
    }
    let locations = Set(filters["location"])
    if !locations.isSubset(of: ["internal", "external"]) {
      filters.refuse("filters[location]", "invalid", "Expected internal or external.")
    }
    self.init(
      users: users("userId"), actors: users("actorId"), person: single("person"), events: filters["event"],
      clientNames: filters["clientName"],
      location: locations.count == 1 ? locations.first.flatMap(Location.init) : nil, from: date("from", isEnd: false),
      to: date("to", isEnd: true))
    try filters.check()
  }

  /// RFC 3339, with or without fractions of a second.
  private static func time(_ text: String) -> Date? {
    guard text.utf8.count <= 40 else { return nil }
    return (try? Date(text, strategy: .iso8601))
      ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}
