package import Foundation

/// `/settings/admin/signup-links`: links by which people sign up.
package struct SignupLinksPage: Page {
  package static let template = "signup-links"
  let links: [Row]
  let empty: Bool
  /// Sign-up is off: only a link allows making an account.
  let isOff: Bool
  let pager: Pager
  let atSignupLinks = true

  package init(links: [Row], isOff: Bool, pager: Pager) {
    self.links = links
    self.isOff = isOff
    self.pager = pager
    empty = links.isEmpty
  }

  package struct Row: Sendable {
    let linkID: String
    let url: String
    /// The beginning of the token, by which people tell links apart.
    let prefix: String
    let used: Int
    let limit: Int
    let groups: [String]
    let expires: PageTime
    let isExpired: Bool
    let isUsedUp: Bool

    package init(
      id: String, url: String, token: String, used: Int, limit: Int, groups: [String], expiresAt: Date, now: Date = .now
    ) {
      linkID = id
      self.url = url
      prefix = String(token.prefix(4))
      self.used = used
      self.limit = limit
      self.groups = groups
      expires = PageTime(expiresAt)
      isExpired = expiresAt <= now
      isUsedUp = used >= limit && expiresAt > now
    }
  }
}
