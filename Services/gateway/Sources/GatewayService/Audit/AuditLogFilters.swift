package import Encodings
import Foundation
package import LatchkeyProtocol
package import LatchkeyWords

extension AuditLogPage {
  /// The form above an administrator's list, and what it is narrowed to.
  package struct Filters: Sendable {
    let person: String
    let events: [Choice]
    let apps: [Choice]
    let isInternal: Bool
    let isExternal: Bool
    let from: String
    let to: String
    let active: [Chip]
    let narrowed: Bool

    struct Choice: Sendable {
      let value: String
      let text: String
      let chosen: Bool
    }

    /// One filter of the list, and the address of the list without it.
    struct Chip: Sendable {
      let text: String
      let without: String
      let removal: String
    }

    /// - Parameters:
    ///   - query: the filters as sent.
    ///   - filter: what they mean.
    ///   - apps: every app that the audit log names.
    ///   - people: names of the people by whose id the list is filtered.
    package init(
      _ query: [FormField], _ filter: Admin.AuditLogFilter, apps: [String], people: [UserID: String], words: Words
    ) {
      person = filter.person ?? ""
      events = AuditEvent.allCases.map { event in
        Choice(
          value: event.rawValue, text: EventWords.text(event.rawValue, words),
          chosen: filter.events == [event.rawValue])
      }
      self.apps = apps.map { Choice(value: $0, text: $0, chosen: filter.clientNames == [$0]) }
      isInternal = filter.location == .internal
      isExternal = filter.location == .external
      let given = query.filter { $0.name.hasPrefix("filters[") && !$0.value.isEmpty }
      func value(_ name: String) -> String { given.first { $0.name == "filters[\(name)]" }?.value ?? "" }
      from = value("from")
      to = value("to")
      active = given.enumerated().compactMap { index, field in
        guard let text = Self.text(of: field, people, words) else { return nil }
        var others = given
        others.remove(at: index)
        return Chip(
          text: text, without: AuditLogPage.address(others), removal: words("record.without", ["name": text]))
      }
      narrowed = !active.isEmpty
    }

    private static func text(of field: FormField, _ people: [UserID: String], _ words: Words) -> String? {
      let name = field.name.dropFirst("filters[".count).prefix { $0 != "]" }
      func somebody() -> String { UserID(field.value).flatMap { people[$0] } ?? field.value }
      func chip(_ key: String, _ value: String) -> String {
        words("record.filter", ["name": words(key), "value": value])
      }
      switch name {
      case "userId": return chip("record.who", somebody())
      case "actorId": return chip("record.doneBy", somebody())
      case "person": return chip("record.person", field.value)
      case "event": return EventWords.text(field.value, words)
      case "clientName": return chip("record.app", field.value)
      case "location": return words(field.value == "internal" ? "record.internal" : "record.external")
      case "from": return chip("record.from", field.value)
      case "to": return chip("record.to", field.value)
      default: return nil
      }
    }
  }

  /// The administrators' list with these filters.
  static func address(_ filters: [FormField], page: Int? = nil) -> String {
    var parts = filters.map { "\(Percent.encode($0.name))=\(Percent.encode($0.value))" }
    if let page { parts.append("pagination%5Bpage%5D=\(page)") }
    return AuditLogAddress.all + (parts.isEmpty ? "" : "?\(parts.joined(separator: "&"))")
  }
}
