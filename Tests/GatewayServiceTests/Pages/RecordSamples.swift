import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import LatchkeyWords

extension PageSamples {
  /// What has samples in a file of its own.
  static let others = mails + record + signingKeys

  static var record: [Sample] {
    [
      Sample("activity", recordPage(false), viewer: member),
      Sample("activity-empty", AuditLogPage(entries: [], filters: nil, pager: pager(1, 0)), viewer: member),
      Sample("record", recordPage(true), viewer: ada),
      Sample("record-nothing", recordPage(true, count: 0), viewer: ada),
    ]
  }

  /// - Parameters:
  ///   - text: stands in every place that a stranger can fill.
  ///   - count: of entries; none with filters shows that nothing fits them.
  static func recordPage(_ everybody: Bool, text: String? = nil, count: Int = 5) -> AuditLogPage {
    let words = Words.of(.english)
    let grace = Admin.AuditLogEntry.Somebody(id: UserID(UUID()), username: text ?? "grace")
    let by = Admin.AuditLogEntry.Somebody(id: UserID(UUID()), username: text ?? "ada")
    let agent = text ?? "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605"
    func entry(
      _ event: String, _ hours: Double, _ place: Admin.AuditLogPlace? = nil,
      _ change: (inout Admin.AuditLogEntry) -> Void = { _ in }
    ) -> AuditLogPage.Entry {
      var entry = Admin.AuditLogEntry(
        id: UUID(), createdAt: ago(hours), event: text ?? event, address: text ?? "203.0.113.9", userAgent: agent,
        place: place, user: grace, session: SessionID(UUID()), request: RequestID())
      change(&entry)
      return AuditLogPage.Entry(entry, everybody: everybody, words: words)
    }
    let entries = [
      entry("SIGN_IN", 0.2, .lan) { $0.data = ["passkeyName": text ?? "iCloud Keychain"] },
      entry("CLIENT_AUTHORIZATION", 3) { $0.clientName = text ?? "Grafana" },
      entry("USER_UPDATED", 20, .tailscale) {
        $0.actor = by
        $0.batch = 41
        $0.changes = [
          "displayName": .init(before: .string(text ?? "Grace"), after: .string(text ?? "Grace Hopper")),
          "disabled": .init(before: false, after: true),
          "groups": .init(before: [], after: .array([.string(text ?? "family"), "photos"])),
        ]
      },
      entry("SIGN_IN_REFUSED", 50) { $0.data = ["reason": "signCountNotIncreased", text ?? "more": text ?? "x"] },
      entry("SETTINGS_UPDATED", 24 * 30, .localhost) {
        $0.user = nil
        $0.actor = by
        $0.apiKey = APIKeyID(UUID())
      },
    ]
    let query =
      count == 0 || text != nil
      ? [FormField("filters[person]", text ?? "grace"), FormField("filters[event]", text ?? "SIGN_IN_REFUSED")] : []
    let filters = (try? Admin.AuditLogFilter(query)).map {
      AuditLogPage.Filters(query, $0, apps: ["Grafana", text ?? "Immich"], people: [:], words: words)
    }
    return AuditLogPage(
      entries: Array(entries.prefix(count)), filters: everybody ? filters : nil,
      pager: pager(1, count == 0 ? 0 : 57))
  }
}
