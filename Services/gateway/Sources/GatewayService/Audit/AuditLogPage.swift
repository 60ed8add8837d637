import Encodings
import Foundation
package import LatchkeyProtocol
package import LatchkeyWords
import ServiceKit

/// `/settings/audit-log` — what happened with the reader's account — and `/settings/audit-log/all`, for administrators.
package struct AuditLogPage: Page {
  package static let template = "record"
  let entries: [Entry]
  let everybody: Bool
  let filters: Filters?
  let pager: Pager
  let empty: Bool
  let nothingFound: Bool
  let atActivity: Bool
  let atRecord: Bool

  /// - Parameter filters: what administrators filter by; nil for the reader's own list.
  package init(entries: [Entry], filters: Filters?, pager: Pager) {
    self.entries = entries
    self.filters = filters
    self.pager = pager
    everybody = filters != nil
    empty = entries.isEmpty && filters?.active.isEmpty ?? true
    nothingFound = entries.isEmpty && !empty
    atActivity = filters == nil
    atRecord = filters != nil
  }

  /// A name and its value.
  package struct Fact: Sendable {
    let name: String
    let value: String
    /// An identifier.
    let isCode: Bool
    /// Leads to the entries about the same.
    let link: String?
    let linkText: String

    init(_ name: String, _ value: String, isCode: Bool = false, link: String? = nil, linkText: String = "") {
      self.name = name
      self.value = value
      self.isCode = isCode
      self.link = link
      self.linkText = linkText
    }
  }

  package struct Change: Sendable {
    let field: String
    let before: String
    let after: String
  }

  package struct Entry: Sendable {
    let entryID: String
    let event: String
    let isEntry: Bool
    let isRefusal: Bool
    let isApp: Bool
    let isChange: Bool
    /// On whom, by whom, in which app, from where: whatever is known, in that order.
    let summary: [String]
    let happened: PageTime
    let facts: [Fact]
    let changes: [Change]
    let hasChanges: Bool

    /// - Parameter everybody: whether the list is about more than one person.
    package init(_ entry: Admin.AuditLogEntry, everybody: Bool, words: Words) {
      entryID = entry.id.uuidString.lowercased()
      event = EventWords.text(entry.event, words)
      let kind = EventWords.kind(entry.event)
      isEntry = kind == .entry
      isRefusal = kind == .refusal
      isApp = kind == .app
      isChange = kind == .change
      happened = PageTime(entry.createdAt)
      let device = Self.device(entry.userAgent, words)
      let place = entry.place.map { words(Self.placeKey($0)) }
      let from = [device, place ?? entry.address].filter { !$0.isEmpty }
      var parts: [String] = []
      if everybody, let user = entry.user { parts.append(user.username) }
      if let actor = entry.actor { parts.append(words("record.by", ["name": actor.username])) }
      if let app = entry.clientName ?? entry.clientID { parts.append(app) }
      parts += from
      summary = parts
      facts = Self.facts(entry, device: device, place: place, everybody: everybody, words)
      changes = entry.changes.sorted { $0.key < $1.key }.map { field, change in
        Change(
          field: field, before: Self.text(change.before, words), after: Self.text(change.after, words))
      }
      hasChanges = !changes.isEmpty
    }

    private static func facts(
      _ entry: Admin.AuditLogEntry, device: String, place: String?, everybody: Bool, _ words: Words
    ) -> [Fact] {
      func named(_ key: String, _ somebody: Admin.AuditLogEntry.Somebody?, _ field: String) -> Fact? {
        guard let somebody else { return nil }
        let link = somebody.id.map { "\(AuditLogAddress.all)?\(AuditLogAddress.field(field))=\($0)" }
        return Fact(
          words(key), somebody.username.isEmpty ? somebody.id.map { "\($0)" } ?? "" : somebody.username,
          link: everybody ? link : nil, linkText: words("record.onlyThis", ["name": somebody.username]))
      }
      func known(_ key: String, _ value: String?, isCode: Bool = true) -> Fact? {
        value.flatMap { $0.isEmpty ? nil : Fact(words(key), $0, isCode: isCode) }
      }
      let address = place.map { "\(entry.address) · \($0)" } ?? entry.address
      let app = [entry.clientName, entry.clientID.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
      var facts = [
        named("record.who", entry.user, "userId"), named("record.doneBy", entry.actor, "actorId"),
        known("record.app", app, isCode: false), known("record.address", address, isCode: false),
        known("record.device", entry.userAgent.isEmpty ? "" : "\(device) — \(entry.userAgent)", isCode: false),
      ]
      for (name, value) in entry.data.sorted(by: { $0.key < $1.key }) {
        facts.append(Fact(EventWords.details[name].map { words($0) } ?? name, value, isCode: name.hasSuffix("ID")))
      }
      facts.append(known("record.session", entry.session.map { "\($0)" }))
      facts.append(known("record.apiKey", entry.apiKey.map { "\($0)" }))
      facts.append(known("record.request", entry.request.map { "\($0)" }))
      let seal = entry.batch.map { words("record.sealed", ["batch": "\($0)"]) } ?? words("record.waiting")
      facts.append(everybody ? Fact(words("record.seal"), seal) : nil)
      return facts.compactMap { $0 }
    }

    private static func device(_ userAgent: String, _ words: Words) -> String {
      if userAgent.isEmpty { return "" }
      let device = Device(userAgent: userAgent)
      if let browser = device.browser, let system = device.system {
        return words("account.browserOnSystem", ["device.browser": browser, "device.system": system])
      }
      return device.browser ?? device.system ?? words("record.unknownDevice")
    }

    private static func placeKey(_ place: Admin.AuditLogPlace) -> String {
      switch place {
      case .localhost: "record.localhost"
      case .tailscale: "record.tailscale"
      case .lan: "record.lan"
      }
    }

    /// A value as people read it: text as it is, lists with commas, the rest as JSON.
    private static func text(_ value: JSONValue, _ words: Words) -> String {
      switch value {
      case .null: return words("record.nothing")
      case .string(let text): return text.isEmpty ? words("record.nothing") : text
      case .array(let elements):
        return elements.isEmpty
          ? words("record.nothing") : elements.map { text($0, words) }.joined(separator: ", ")
      default: return value.jsonText(escaping: .markup)
      }
    }
  }
}

/// Addresses of the audit log's pages.
enum AuditLogAddress {
  static let own = "/settings/audit-log"
  static let all = "/settings/audit-log/all"

  /// `filters[name][]`, percent-encoded.
  static func field(_ name: String) -> String { "filters%5B\(name)%5D%5B%5D" }
}
