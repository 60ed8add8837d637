import Foundation
import LatchkeyProtocol

/// Pages about mail: what was not delivered, and where the link of a confirmation mail leads.
enum MailPageRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/admin/mail", .page, [.settings]) { exchange in
      try await exchange.forAdministrators { exchange in
        let request = try Admin.PageRequest(exchange.query())
        return try await exchange.services.admin.send(Admin.ListMail(page: request), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .mail(let mail, let configured):
          let pager = Pager(page: mail.page, perPage: mail.limit, total: mail.total) { number in
            "/settings/admin/mail?pagination%5Bpage%5D=\(number)&pagination%5Blimit%5D=\(mail.limit)"
          }
          let page = MailPage(mail: mail.items.map(MailPage.Row.init), configured: configured, pager: pager)
          return exchange.page(page, viewer: viewer)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    },
    Route(.get, "/confirm-new-address", .page) { exchange in
      exchange.page(ConfirmNewAddressPage(token: try exchange.query("token") ?? ""))
    },
    Route(.get, "/verify-email", .page) { exchange in
      guard let viewer = try await exchange.viewer() else { return exchange.toSignIn() }
      return exchange.page(VerifyEmailPage(token: try exchange.query("token") ?? ""), viewer: viewer)
    },
  ]
}

extension MailPage.Row {
  init(_ mail: Admin.MailStatus) {
    self.init(
      id: mail.id.uuidString.lowercased(), kind: mail.kind, state: mail.state.rawValue, username: mail.username,
      email: mail.email, createdAt: mail.createdAt, attempts: mail.attempts, nextAttempt: mail.nextAttempt,
      reason: mail.reason, detail: mail.detail, canRetry: mail.canRetry)
  }
}
