package import Foundation

/// `/settings/admin/mail` — the mail that waits or was given up, and why.
package struct MailPage: Page {
  package static let template = "mail"
  let mail: [Row]
  let empty: Bool
  let notConfigured: Bool
  let pager: Pager
  let atMail = true

  /// - Parameter configured: whether a mail server is set.
  package init(mail: [Row], configured: Bool, pager: Pager) {
    self.mail = mail
    self.pager = pager
    empty = mail.isEmpty
    notConfigured = !configured
  }

  package struct Row: Sendable {
    let mailID: String
    /// Exactly one of the words that the template knows.
    let kind: [String: Bool]
    let isWaiting: Bool
    let isSending: Bool
    let isFailed: Bool
    let who: String
    let username: String?
    let email: String?
    let gone: Bool
    let created: PageTime
    let attempts: Int
    let tried: Bool
    let next: PageTime?
    /// Exactly one of the words that the template knows, or none.
    let reason: [String: Bool]
    let detail: String?
    let canRetry: Bool

    /// - Parameters:
    ///   - kind: as the REST API has it, `one-time-code`.
    ///   - state: `waiting`, `sending` or `failed`.
    package init(
      id: String, kind: String, state: String, username: String?, email: String?, createdAt: Date, attempts: Int = 0,
      nextAttempt: Date? = nil, reason: String? = nil, detail: String? = nil, canRetry: Bool = true
    ) {
      mailID = id
      self.kind = [Self.camelCase(kind): true]
      isWaiting = state == "waiting"
      isSending = state == "sending"
      isFailed = state == "failed"
      self.username = username
      self.email = email
      who = username ?? "?"
      gone = username == nil
      created = PageTime(createdAt)
      self.attempts = attempts
      tried = attempts > 0
      next = state == "waiting" && attempts > 0 ? nextAttempt.map(PageTime.init) : nil
      self.reason = reason.map { [Self.reasons.contains($0) ? $0 : "other": true] } ?? [:]
      self.detail = detail
      self.canRetry = canRetry && state != "sending"
    }

    private static let reasons: Set<String> = [
      "connection", "greeting", "hello", "encryption", "authentication", "sender", "recipient", "message", "unknown",
      "expired", "noAddress", "changedAddress", "disabled", "unreadable",
    ]

    private static func camelCase(_ kind: String) -> String {
      let words = kind.split(separator: "-").map(String.init)
      return (words.prefix(1) + words.dropFirst().map(\.capitalized)).joined()
    }
  }
}

/// `/verify-email?token=…` — the script uses the token as soon as the page loads: opening one's own link does no harm,
/// and programs that prefetch links are not signed in.
package struct VerifyEmailPage: Page {
  package static let template = "verify-email"
  let token: String

  package init(token: String) { self.token = token }
}

/// `/confirm-new-address?token=…` — the reader of the former mailbox need not be signed in, so opening the page does
/// nothing: programs prefetch links.
package struct ConfirmNewAddressPage: Page {
  package static let template = "confirm-new-address"
  let token: String

  package init(token: String) { self.token = token }
}
