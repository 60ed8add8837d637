import Foundation
import GatewayService
import LatchkeyProtocol

extension PageSamples {
  static let settingsSamples: [Sample] = [
    Sample("settings", settings(), viewer: ada),
    Sample("settings-fixed", settings(isFixed: true), viewer: ada),
    Sample("api-keys", apiKeys(3), viewer: ada),
    Sample("api-keys-empty", apiKeys(0), viewer: ada),
  ]

  static func settingsFilled(with text: String) -> [Sample] {
    [Sample("settings", settings(text: text), viewer: ada), Sample("api-keys", apiKeys(2, text: text), viewer: ada)]
  }

  static func settings(isFixed: Bool = false, text: String? = nil) -> SettingsPage {
    let group = GroupSummary(id: GroupID(UUID()), name: "family", friendlyName: text ?? "Family")
    let chosen = [
      "appName": text ?? "The Lovelaces", "homePageUrl": text ?? "/settings/account",
      "smtpHost": text ?? "smtp.example.com",
      "smtpUser": text ?? "id", "smtpFrom": text ?? "id@example.com", "smtpPort": "587", "smtpTls": "starttls",
      "allowUserSignups": "withToken", "emailLoginNotificationEnabled": "true",
      "signupDefaultUserGroupIDs": "[\"\(group.id)\"]",
    ]
    let view = Admin.SettingsView(
      settings: ApplicationSettings(chosen: chosen, isFixed: isFixed), secrets: ["smtpPassword"])
    let others = ["Friends", "Book club"].map {
      GroupSummary(id: GroupID(UUID()), name: $0.lowercased(), friendlyName: text ?? $0)
    }
    return SettingsPage(view, groups: [group] + others, unbelievedProxies: text.map { [$0] } ?? ["192.168.1.2"])
  }

  static func apiKeys(_ count: Int, text: String? = nil) -> APIKeysPage {
    let keys = [
      APIKeysPage.Key(
        id: "k1", name: text ?? "Backup", description: text ?? "Copies users and groups every night",
        expiresAt: ago(-24 * 60), lastUsedAt: ago(3)),
      APIKeysPage.Key(id: "k2", name: text ?? "Terraform", description: nil, expiresAt: ago(-24 * 3), lastUsedAt: nil),
      APIKeysPage.Key(
        id: "k3", name: text ?? "Old import", description: nil, expiresAt: ago(24 * 9), lastUsedAt: ago(24 * 30)),
    ]
    return APIKeysPage(keys: Array(keys.prefix(count)), pager: pager(1, count))
  }
}
