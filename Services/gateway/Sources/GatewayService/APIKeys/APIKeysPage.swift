package import Foundation

/// `/settings/api-keys`: the caller's own keys for the REST API.
package struct APIKeysPage: Page {
  package static let template = "api-keys"
  let keys: [Key]
  let pager: Pager
  let empty: Bool
  let atAPIKeys = true

  package init(keys: [Key], pager: Pager) {
    self.keys = keys
    self.pager = pager
    empty = keys.isEmpty
  }

  package struct Key: Sendable {
    let keyID: String
    let name: String
    let explanation: String?
    let expires: PageTime
    let lastUsed: PageTime?
    let hasExpired: Bool

    package init(
      id: String, name: String, description: String?, expiresAt: Date, lastUsedAt: Date?, now: Date = .now
    ) {
      keyID = id
      self.name = name
      explanation = description.flatMap { $0.isEmpty ? nil : $0 }
      expires = PageTime(expiresAt)
      lastUsed = lastUsedAt.map(PageTime.init)
      hasExpired = expiresAt <= now
    }
  }
}
